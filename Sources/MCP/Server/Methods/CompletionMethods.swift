import JSON
import JSONRPC

extension Method {
    static let completion = [
        "completion/complete": Method(if: { server, _ in server.canComplete }) {
            (server, params, context) throws(RPCError) in
            try server.completion(params, in: context)
        }
    ]
}

extension Server {
    /// Whether there is anything whose arguments could be completed.
    var canComplete: Bool {
        resources?.hasTemplates ?? false || prompts?.hasArguments ?? false
    }

    fileprivate func completion(_ params: JSONObject, in context: RequestContext) throws(RPCError) -> Reply {
        guard let name = params["argument"]?["name"]?.string, let value = params["argument"]?["value"]?.string else {
            throw .invalidParams("`argument` must have a `name` and a `value`, both texts.")
        }
        let query = CompletionQuery(
            argument: name,
            value: value,
            others: try Self.texts(params["context"]?["arguments"], called: "context.arguments")
        )
        let reference = try CompletionReference(params["ref"])
        return later(in: context) { [self] in
            projection(context.revision).completion(try await completion(of: query, for: reference, in: context))
        }
    }

    /// From the prompt or the template that `reference` names, if it has such an argument.
    private func completion(
        of query: CompletionQuery,
        for reference: CompletionReference,
        in context: RequestContext
    ) async throws -> Completion {
        switch reference {
        case .prompt(let name):
            let definition = try await definition(named: name, in: context)
            try Self.check(query.argument, isAmong: definition.arguments.map { $0.name })
            return try await prompts?.completion(of: query, for: definition.name, in: context) ?? .none
        case .resource(let uri):
            let templates = try await resources?.templates(in: context).elements ?? []
            guard let template = Self.template(uri, among: templates) else {
                // A resource without variables leaves nothing to complete.
                let listed = try await resources?.resources(in: context).elements ?? []
                if listed.contains(where: { $0.uri == uri }) { return .none }
                throw RPCError.unknown("resource template", uri, among: templates.map { $0.uri.text })
            }
            try Self.check(query.argument, isAmong: template.uri.variables)
            return try await resources?.completion(of: query, for: template, in: context) ?? .none
        }
    }

    /// By its own text, or by a URI that it describes.
    private static func template(_ uri: String, among templates: [ResourceTemplate]) -> ResourceTemplate? {
        templates.first { $0.uri.text == uri } ?? templates.first { $0.uri.values(in: uri) != nil }
    }

    private static func check(_ argument: String, isAmong names: [String]) throws(RPCError) {
        if !names.contains(argument) { throw .unknown("argument", argument, among: names) }
    }
}

/// Whose argument is to be completed.
private enum CompletionReference {
    case prompt(String)
    case resource(uri: String)

    init(_ json: JSON?) throws(RPCError) {
        switch json?["type"]?.string {
        case "ref/prompt": self = .prompt(try Server.name(ofPrompt: json?["name"]))
        case "ref/resource":
            guard let uri = json?["uri"]?.string else { throw .invalidParams("`ref.uri` must be a text.") }
            self = .resource(uri: uri)
        default: throw .invalidParams("`ref.type` must be `ref/prompt` or `ref/resource`.")
        }
    }
}
