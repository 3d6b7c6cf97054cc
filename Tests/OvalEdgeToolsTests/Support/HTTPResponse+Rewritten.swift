import HTTP
import JSON

extension HTTPResponse {
    /// The same with other JSON in it; what holds none stays as it is.
    func rewritten(_ change: (JSON) -> JSON) -> HTTPResponse {
        guard let json = try? JSON(parsing: body) else { return self }
        return HTTPResponse(status, fields: fields, text: change(json).text, type: "application/json")
    }

    /// The same with another value for every member of this name.
    func replacing(_ name: String, with value: JSON) -> HTTPResponse {
        func replaced(_ json: JSON) -> JSON {
            switch json {
            case .object(let object):
                let members = object.members.map { member in
                    JSONObject.Member(member.name, member.name == name ? value : replaced(member.value))
                }
                return .object(JSONObject(members))
            case .array(let items): return .array(items.map { replaced($0) })
            default: return json
            }
        }
        return rewritten { replaced($0) }
    }
}
