import JSON
import Testing

@testable import RESTFacade

@Suite struct `A body in the log` {
    private func written(_ json: JSON) -> String { String(decoding: json.bytes, as: UTF8.self) }

    @Test(arguments: ["passwd", "dbPwd", "credentials", "auth", "X-Auth", "clientSecret"])
    func `has no value of a secret's name`(name: String) {
        let body: JSON = .object(JSONObject([.init(name, "s3cret")]))
        #expect(!LoggedBody.excerpt(body).contains("s3cret"))
        #expect(!LoggedBody.excerpt(["text": .string(" " + written(body))]).contains("s3cret"))
    }

    @Test func `has no bearer token in a text, even in JSON inside of it`() {
        let text: JSON = "curl -H 'Authorization: Bearer abc.def' and bearer  ghi"
        for body in [["t": text], ["t": .string(written(["u": text]))]] as [JSON] {
            let shown = LoggedBody.excerpt(body)
            #expect(!shown.contains("abc.def") && !shown.contains("ghi") && shown.contains("curl"))
        }
    }

    @Test func `keeps what is no secret`() {
        let body: JSON = ["author": "Ada", "progressToken": 1, "t": "the bear"]
        #expect(LoggedBody.redacted(body) == body)
    }
}
