import JSON
import JSONRPC

extension Method {
    static let prompts = [
        "prompts/list": Method(if: hasPrompts) { (server, params, context) throws(RPCError) in
            .now(.success(try server.page(of: .prompts, params, in: context)))
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
        let definition = try definition(named: params["name"]?.string)
        let arguments = try Self.texts(params["arguments"], called: "arguments")
        let missing = definition.arguments.filter { $0.isRequired && (arguments[$0.name] ?? "").isEmpty }
        guard missing.isEmpty else {
            let names = missing.map { "`\($0.name)`" }.joined(separator: " and ")
            throw .invalidParams("The prompt `\(definition.name)` needs \(names).")
        }
        return try conversing("prompts/get", params, in: context) { [self] context in
            let answer = try await prompts.get(definition.name, arguments: arguments, in: context)
            return projection(context.revision).prompt(answer)
        }
    }

    /// The definition of one of the prompts that are listed.
    func definition(named name: String?) throws(RPCError) -> PromptDefinition {
        guard let name else { throw .invalidParams("`name` must be the name of a prompt.") }
        guard let definition = prompts?.prompts.first(where: { $0.name == name }) else {
            throw .unknown("prompt", name, among: prompts?.prompts.map { $0.name } ?? [])
        }
        return definition
    }

    /// An object whose values are texts, as the arguments of a prompt are.
    static func texts(_ json: JSON?, called name: String) throws(RPCError) -> [String: String] {
        var texts: [String: String] = [:]
        switch json {
        case nil, .null?: return [:]
        case .object(let object)?:
            for member in object.members {
                guard let text = member.value.string else {
                    throw .invalidParams("`\(name).\(member.name.prefix(80))` must be a text.")
                }
                texts[member.name] = text
            }
            return texts
        default: throw .invalidParams("`\(name)` must be an object.")
        }
    }
}
