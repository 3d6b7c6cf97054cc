import JSON
import JSONRPC

extension Method {
    static let prompts = [
        "prompts/list": Method(if: hasPrompts) { (server, params, context) throws(RPCError) in
            try server.page(of: .prompts, params, in: context)
        },
        "prompts/get": Method(if: hasPrompts) { (server, params, context) throws(RPCError) in
            try server.prompt(params, in: context)
        },
    ]

    private static let hasPrompts: @Sendable (Server, Revision) -> Bool = { server, _ in server.prompts != nil }
}

extension Server {
    fileprivate func prompt(_ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        guard let prompts else { throw .methodNotFound("prompts/get") }
        let name = try Self.name(ofPrompt: params["name"])
        let arguments = try Self.texts(params["arguments"], called: "arguments")
        return try conversing("prompts/get", params, in: context) { [self] context in
            let definition = try await definition(named: name, in: context)
            let missing = definition.arguments.filter { $0.isRequired && (arguments[$0.name] ?? "").isEmpty }
            guard missing.isEmpty else {
                let names = missing.map { "`\($0.name)`" }.joined(separator: " and ")
                throw RPCError.invalidParams("The prompt `\(definition.name)` needs \(names).")
            }
            let answer = try await prompts.get(definition.name, arguments: arguments, in: context)
            return projection(context.revision).prompt(answer)
        }
    }

    static func name(ofPrompt json: JSON?) throws(RPCError) -> String {
        guard let name = json?.string else { throw .invalidParams("`name` must be the name of a prompt.") }
        return name
    }

    /// The definition of one of the prompts that are listed.
    func definition(named name: String, in context: RequestContext) async throws -> PromptDefinition {
        let listed = try await prompts?.prompts(in: context).elements ?? []
        guard let definition = listed.first(where: { $0.name == name }) else {
            throw RPCError.unknown("prompt", name, among: listed.map { $0.name })
        }
        return definition
    }

    /// An object whose values are texts, as the arguments of a prompt are.
    static func texts(_ json: JSON?, called name: String) throws(RPCError) -> [String: String] {
        var texts: [String: String] = [:]
        for member in try members(json, called: name).members {
            guard let text = member.value.string else {
                throw .invalidParams("`\(name).\(member.name.prefix(80))` must be a text.")
            }
            texts[member.name] = text
        }
        return texts
    }

    /// An object that names arguments, of which there are never many; nothing at all and an empty list count as empty.
    static func members(_ json: JSON?, called name: String) throws(RPCError) -> JSONObject {
        switch json {
        case nil, .null?, .array([])?: return JSONObject()
        case .object(let object)?:
            guard object.members.count <= Arguments.most else {
                throw .invalidParams(
                    "`\(name)` has \(object.members.count) members, and at most \(Arguments.most) are read. "
                        + "Send only those that are listed."
                )
            }
            return object
        default: throw .invalidParams("`\(name)` must be an object.")
        }
    }
}
