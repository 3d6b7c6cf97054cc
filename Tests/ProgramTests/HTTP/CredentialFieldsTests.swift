import HTTP
import Logging
import OvalEdge
import Testing

@testable import oe_mcp_http

private let pair = CredentialFields.found(Credentials(userToken: Secret("tok-1"), userSecret: Secret("sec-2")))

@Suite struct `Credentials in the fields of a request` {
    private func found(_ fields: HTTPFields, aliases: Bool = true) -> CredentialFields {
        CredentialFields(fields, takesAliases: aliases)
    }

    /// What is wrong with them.
    private func fault(_ fields: HTTPFields) -> String? {
        if case .unusable(let text) = found(fields) { text } else { nil }
    }

    @Test(
        arguments: [
            ["X-OvalEdge-Token": "tok-1", "X-OvalEdge-Secret": "sec-2"],
            ["x-ovaledge-token": " tok-1 ", "X-OVALEDGE-SECRET": "\tsec-2"],
            ["X-OvalEdge-Credentials": "tok-1::sec-2"], ["X-OvalEdge-Credentials": " tok-1 :: sec-2 "],
            ["X-OvalEdge-Credentials": "tok-1::sec-2", "X-OvalEdge-Token": "other", "X-OvalEdge-Secret": "other"],
            ["X-OvalEdge-Credentials": " ", "X-OvalEdge-Token": "tok-1", "X-OvalEdge-Secret": "sec-2"],
            ["X-OvalEdge-Token": "tok-1", "X-OvalEdge-Secret": "sec-2", "Authorization": "Bearer of::a proxy"],
            ["X-API-Key": "tok-1::sec-2"], ["X-Auth-Token": "tok-1::sec-2"], ["Authorization": "bearer tok-1::sec-2"],
        ] as [HTTPFields]
    )
    func `are a pair, in one field or in two`(fields: HTTPFields) {
        #expect(found(fields) == pair)
        #expect(CredentialFields.areThere(in: fields, takesAliases: true))
    }

    @Test(
        arguments: [
            [:], ["Authorization": "Bearer of-a-proxy"], ["Authorization": "Basic dG9rOjpzZWM="],
            ["X-API-Key": "of another server"], ["X-OvalEdge-Token": " "],
        ] as [HTTPFields]
    )
    func `are not there where other fields have other uses`(fields: HTTPFields) {
        #expect(found(fields) == .none)
        #expect(!CredentialFields.areThere(in: fields, takesAliases: true))
    }

    @Test(arguments: ["X-API-Key", "X-Auth-Token", "Authorization"])
    func `are taken under other names only where that is allowed`(name: String) {
        var fields = HTTPFields()
        fields[name] = name == "Authorization" ? "Bearer tok-1::sec-2" : "tok-1::sec-2"
        #expect(found(fields) == pair)
        #expect(found(fields, aliases: false) == .none)
        #expect(!CredentialFields.areThere(in: fields, takesAliases: false))
    }

    @Test(
        arguments: [
            ["X-OvalEdge-Token": "tok-1"], ["X-OvalEdge-Secret": "sec-2"], ["X-OvalEdge-Credentials": "tok-1"],
            ["X-OvalEdge-Credentials": "tok-1::"], ["X-OvalEdge-Credentials": "::sec-2"],
            ["X-OvalEdge-Credentials": "tok-1", "X-OvalEdge-Token": "tok-1", "X-OvalEdge-Secret": "sec-2"],
            ["X-OvalEdge-Token": "tok 1", "X-OvalEdge-Secret": "sec-2"], ["X-API-Key": "::"],
            ["X-OvalEdge-Token": "tok-1", "x-ovaledge-token": "tok-2", "X-OvalEdge-Secret": "sec-2"],
        ] as [HTTPFields]
    )
    func `are not guessed at`(fields: HTTPFields) throws {
        let text = try #require(fault(fields))
        #expect(!text.contains("tok-1") && !text.contains("sec-2") && text.contains(". "))
        #expect(CredentialFields.areThere(in: fields, takesAliases: true))
    }

    @Test func `may be as long as OvalEdge makes them`() {
        let (longest, longer) = (String(repeating: "a", count: 2048), String(repeating: "a", count: 2049))
        #expect(fault(["X-OvalEdge-Credentials": "\(longest)::\(longest)"]) == nil)
        #expect(fault(["X-OvalEdge-Token": longer, "X-OvalEdge-Secret": "b"]) != nil)
        #expect(fault(["X-OvalEdge-Credentials": "b::\(longer)"]) != nil)
    }

    @Test(
        arguments: [
            ["X-OvalEdge-Token": "${env:OVALEDGE_USER_TOKEN}", "X-OvalEdge-Secret": "${env:OVALEDGE_USER_SECRET}"],
            ["X-OvalEdge-Token": "tok-1", "X-OvalEdge-Secret": "{env:SECRET}"],
            ["X-OvalEdge-Credentials": "${OVALEDGE}"], ["X-OvalEdge-Credentials": "tok-1::${input:secret}"],
            ["X-API-Key": "${T}::${S}"],
        ] as [HTTPFields]
    )
    func `are told apart from a variable that the client left as it was`(fields: HTTPFields) {
        #expect(fault(fields)?.contains("variable that was not expanded") == true)
    }
}
