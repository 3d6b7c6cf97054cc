import HTTP
import HTTPServer
import JSON
import Lambda
import Text

extension FuzzTarget {
    /// Whatever an event holds, what it stands for is a request of one line for each field, and its answer says the same
    /// bytes.
    static let lambdaEvents = FuzzTarget("lambda-events") { bytes in
        guard let json = try? JSON(parsing: bytes, within: JSON.Limits(depth: 64)),
            let event = try? LambdaEvent(json)
        else { return }
        let head = event.head
        try hold(head.target.hasPrefix("/"), "The target is no path: \(head.target)")
        for field in head.fields.all {
            let lines = [field.name, field.value].joined().utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
            try hold(!lines, "A field is more than a line: \(field.name)")
        }
        let lengths = head.fields.values("Content-Length")
        try hold(lengths == [String(event.body.count)], "The length is another: \(lengths)")
        let response = HTTPResponse(.ok, fields: head.fields, body: event.body)
        guard let answer = LambdaAnswer.whole(response, for: event.form) else { return }
        let told = try JSON(parsing: answer)
        let text = told["body"]?.string ?? ""
        let body = told["isBase64Encoded"]?.bool == true ? Base64.decoded(text) : Array(text.utf8)
        try hold(body == event.body, "The body is another: \(told.text)")
    }
}
