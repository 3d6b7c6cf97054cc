import HTTP
import OvalEdge
import Testing

@Suite struct `What an answer says of its variant` {
    private static let framework = #"{"timestamp":"2026-11-21","status":404,"error":"Not Found","path":"/x"}"#
    private static let wrapped = #"{"ok":false,"message":"Nothing"}"#
    private static let page = "<!DOCTYPE html><html></html>"

    private func response(_ status: HTTPStatus, _ body: String) -> HTTPResponse {
        HTTPResponse(status, text: body, type: body.hasPrefix("<") ? "text/html" : "application/json")
    }

    @Test(arguments: [
        (200, #"{"ok":true}"#, ProbeResult.answered), (200, "[]", .answered), (204, "", .answered),
        (200, Self.page, .noEvidence), (200, "busy", .noEvidence), (302, "", .noEvidence),
        (400, Self.wrapped, .refused), (400, "Bad Request", .noEvidence), (403, Self.wrapped, .refused),
        (403, Self.page, .noEvidence), (401, Self.wrapped, .noEvidence), (429, Self.wrapped, .noEvidence),
        (500, Self.wrapped, .noEvidence), (502, Self.page, .noEvidence), (503, "", .noEvidence),
        (404, Self.framework, .missed(.path)), (404, Self.page, .missed(.path)), (404, "", .missed(.path)),
        (405, Self.wrapped, .missed(.method)), (405, "", .missed(.method)), (501, "", .missed(.method)),
        (404, Self.wrapped, .missed(.doubtful)), (422, #"{"code":"x"}"#, .refused),
    ])
    func `is read from its status and its wrapping`(status: Int, body: String, result: ProbeResult) {
        #expect(ProbeResult(response(HTTPStatus(rawValue: status), body), to: .postedExplorer) == result)
    }

    /// The object may not be there, so that the product's own 404 shows nothing until searches do.
    @Test(arguments: [EndpointVariant.assetDetails, .accessExplorer])
    func `is in the product's 404 no miss where objects are asked for`(variant: EndpointVariant) {
        let answer = response(.notFound, Self.wrapped)
        #expect(ProbeResult(answer, to: variant) == .noEvidence)
        var known = ProbeResult.Context()
        known.isOldElsewhere = true
        #expect(ProbeResult(answer, to: variant, in: known) == .missed(.doubtful))
        known.isKnown = true
        #expect(ProbeResult(answer, to: variant, in: known) == .refused)
        #expect(ProbeResult(response(.notFound, Self.framework), to: variant) == .missed(.path))
    }

    @Test func `is a refusal, once the variant is known or a newer one has surely missed`() {
        let answer = response(.notFound, Self.wrapped)
        var known = ProbeResult.Context()
        known.isKnown = true
        #expect(ProbeResult(answer, to: .assetLineage, in: known) == .refused)
        #expect(ProbeResult(answer, to: .objectDetails) == .refused)
        #expect(ProbeResult(answer, to: .searchCatalog) == .missed(.doubtful))
        known.mayMeanNoObject = true
        #expect(ProbeResult(answer, to: .searchCatalog, in: known) == .refused)
    }

    @Test func `is in doubt no proof of an older variant`() {
        var known = ProbeResult.Context()
        known.isInDoubt = true
        #expect(ProbeResult(response(.notFound, Self.wrapped), to: .storiesAndDocs, in: known) == .missed(.doubtful))
        #expect(ProbeResult(response(.ok, "{}"), to: .storiesAndDocs, in: known) == .answered)
    }
}
