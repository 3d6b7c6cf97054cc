import HTTP
import Text

/// What is wrong with a page on which people type secrets.
struct PageFault: Hashable, Sendable {
    let what: String
    let remedy: String

    static func found(in response: HTTPResponse, expecting status: HTTPStatus) -> PageFault? {
        let unchanged = "Have the proxy pass the page on as it is."
        if response.status.isRedirect {
            let place = response.fields["Location"] ?? "nowhere"
            return PageFault(what: "it is redirected to \(place)", remedy: unchanged)
        }
        guard response.status == status, response.mediaType == "text/html" else {
            return PageFault(what: "status \(response.status), where a page was due", remedy: unchanged)
        }
        let policy = response.fields.values("Content-Security-Policy").joined(separator: ";")
        guard policy.holds("frame-ancestors 'none'"), policy.holds("form-action 'self'") else {
            return PageFault(
                what: "it has no Content-Security-Policy of this server, so that other sites can frame it",
                remedy: unchanged
            )
        }
        guard response.fields.values("Referrer-Policy") == ["same-origin"] else {
            let remedy = "Have the proxy set no Referrer-Policy here: browsers would not say where the form comes from."
            return PageFault(what: "its Referrer-Policy is changed", remedy: remedy)
        }
        guard response.fields["Access-Control-Allow-Origin"] == nil else {
            let remedy = "Have the proxy add no Access-Control-Allow-Origin to pages."
            return PageFault(what: "pages of other origins may read it", remedy: remedy)
        }
        return nil
    }
}
