import HTTP
import JSON

extension HTTPResponse {
    /// The same with other JSON in it; what holds none stays as it is.
    func rewritten(_ change: (JSON) -> JSON) -> HTTPResponse {
        guard let json = try? JSON(parsing: body) else { return self }
        return HTTPResponse(status, fields: fields, text: change(json).text, type: "application/json")
    }
}
