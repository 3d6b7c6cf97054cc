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
        resources?.hasTemplates ?? false || prompts?.prompts.contains { !$0.arguments.isEmpty } ?? false
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
        let complete = try completer(for: params["ref"], query, in: context)
        return later(in: context) { [self] in
            projection(context.revision).completion(try await complete())
        }
    }

    private typealias Completer = @Sendable () async throws -> Completion

    /// Who knows the values: the prompt or the template that `ref` names, if it has such an argument.
    private func completer(
        for reference: JSON?,
        _ query: CompletionQuery,
        in context: RequestContext
    ) throws(RPCError) -> Completer {
        switch reference?["type"]?.string {
        case "ref/prompt":
            let definition = try definition(named: reference?["name"]?.string)
            try Self.check(query.argument, isAmong: definition.arguments.map { $0.name })
            return { [prompts] in
                try await prompts?.completion(of: query, for: definition.name, in: context) ?? .none
            }
        case "ref/resource":
            guard let uri = reference?["uri"]?.string else { throw .invalidParams("`ref.uri` must be a text.") }
            guard let template = template(uri) else {
                // A resource without variables leaves nothing to complete.
                if resources?.resources.contains(where: { $0.uri == uri }) ?? false { return { .none } }
                throw .unknown("resource template", uri, among: resources?.templates.map { $0.uri.text } ?? [])
            }
            try Self.check(query.argument, isAmong: template.uri.variables)
            return { [resources] in
                try await resources?.completion(of: query, for: template, in: context) ?? .none
            }
        default:
            throw .invalidParams("`ref.type` must be `ref/prompt` or `ref/resource`.")
        }
    }

    /// By its own text, or by a URI that it describes.
    private func template(_ uri: String) -> ResourceTemplate? {
        resources?.templates.first { $0.uri.text == uri }
            ?? resources?.templates.first { $0.uri.values(in: uri) != nil }
    }

    private static func check(_ argument: String, isAmong names: [String]) throws(RPCError) {
        if !names.contains(argument) { throw .unknown("argument", argument, among: names) }
    }
}
