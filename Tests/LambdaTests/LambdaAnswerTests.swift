import HTTP
import JSON
import Lambda
import Testing

@Suite struct `An answer` {
    private let response: HTTPResponse = {
        var response = HTTPResponse(.ok, text: "grüße", type: "text/plain")
        for (name, value) in [
            ("Set-Cookie", "a=1"), ("Vary", "Origin"), ("vary", "Accept"), ("Set-Cookie", "b=2"),
            ("Connection", "close"), ("Content-Length", "6"), ("Transfer-Encoding", "chunked"),
        ] { response.fields.append(name, value) }
        return response
    }()

    private func text(_ form: LambdaEvent.Form, _ response: HTTPResponse? = nil) -> String {
        String(decoding: LambdaAnswer.whole(response ?? self.response, for: form) ?? [], as: UTF8.self)
    }

    @Test func `to an HTTP API has its cookies apart, and each field once`() {
        #expect(
            text(.http) == """
                {"statusCode":200,"headers":{"Content-Type":"text/plain","Vary":"Origin, Accept"},\
                "cookies":["a=1","b=2"],"body":"grüße","isBase64Encoded":false}
                """
        )
    }

    @Test(arguments: [LambdaEvent.Form.rest, .balancer(listsValues: true)])
    func `to a REST API or a balancer that lists values has all values of a field`(form: LambdaEvent.Form) {
        #expect(
            text(form) == """
                {"statusCode":200,"multiValueHeaders":{"Content-Type":["text/plain"],"Set-Cookie":["a=1","b=2"],\
                "Vary":["Origin","Accept"]},"body":"grüße","isBase64Encoded":false}
                """
        )
    }

    @Test func `to a balancer that does not has one value for each`() {
        #expect(
            text(.balancer(listsValues: false)) == """
                {"statusCode":200,"headers":{"Content-Type":"text/plain","Set-Cookie":"a=1, b=2",\
                "Vary":"Origin, Accept"},"body":"grüße","isBase64Encoded":false}
                """
        )
    }

    @Test func `whose body is no text is Base64`() {
        let response = HTTPResponse(.ok, body: [0xFF, 0x00, 0xC3])
        #expect(text(.http, response) == #"{"statusCode":200,"headers":{},"body":"/wDD","isBase64Encoded":true}"#)
    }

    @Test(arguments: [(LambdaEvent.Form.http, 6_291_556), (.rest, 6_291_556), (.balancer(listsValues: false), 1 << 20)])
    func `is no larger than what is taken`(form: LambdaEvent.Form, limit: Int) {
        let frame = text(form, HTTPResponse(.ok)).utf8.count
        #expect(text(form, HTTPResponse(.ok, body: .init(repeating: 97, count: limit - frame))).utf8.count == limit)
        #expect(
            LambdaAnswer.whole(HTTPResponse(.ok, body: .init(repeating: 97, count: limit - frame + 1)), for: form)
                == nil
        )
    }

    @Test func `that is streamed begins with status, fields and eight zeros`() {
        let prelude = LambdaAnswer.prelude(response)
        #expect(prelude.suffix(8) == [UInt8](repeating: 0, count: 8)[...])
        #expect(
            String(decoding: prelude.dropLast(8), as: UTF8.self) == """
                {"statusCode":200,"headers":{"Content-Type":"text/plain","Vary":"Origin, Accept"},"cookies":["a=1","b=2"]}
                """
        )
    }
}
