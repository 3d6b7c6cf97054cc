import HTTP
import JSON
import MCPClient
import Telemetry
import Text

// Traces.
extension RESTServer {
    /// Begins the span of a call, and takes what the caller says of their trace into the call.
    func beginSpan(_ entry: ToolEntry, _ request: RESTRequest, _ call: inout RemoteCall) -> TraceSpan? {
        carry(["traceparent", "tracestate"], of: request, into: &call)
        let baggage = baggage(of: request)
        if !baggage.isEmpty { set("baggage", baggage, in: &call) }
        guard let tracer else { return nil }
        let arguments = call.params?["arguments"]?.object
        var attributes: [JSONObject.Member] = [
            .init("mcp.method.name", "tools/call"), .init("gen_ai.operation.name", "execute_tool"),
            .init("gen_ai.tool.name", .string(entry.name)),
            .init("oe_mcp.tool.argument.count", .int(arguments?.members.count ?? 0)),
        ]
        if let names = arguments?.names, !names.isEmpty {
            attributes.append(.init("oe_mcp.tool.argument.names", .string(names.sorted().joined(separator: ","))))
        }
        return tracer.begin(
            "tools/call \(entry.name)",
            .server,
            below: request.fields["traceparent"].flatMap { TraceContext(traceparent: $0) },
            attributes
        )
    }

    private func carry(_ names: [String], of request: RESTRequest, into call: inout RemoteCall) {
        for name in names {
            if let value = request.fields[name], value.utf8.count <= 512 { set(name, value, in: &call) }
        }
    }

    /// In a field, and in `_meta`.
    private func set(_ name: String, _ value: String, in call: inout RemoteCall) {
        call.fields[name] = value
        var params = call.params ?? JSONObject()
        var meta = params["_meta"]?.object ?? JSONObject()
        meta[name] = .string(value)
        params["_meta"] = .object(meta)
        call.params = params
    }

    /// Those keys that may go on (W3C Baggage).
    private func baggage(of request: RESTRequest) -> String {
        guard !configuration.baggage.isEmpty else { return "" }
        let members = request.fields.values("baggage").flatMap { $0.split(separator: ",") }.map { $0.trimmed }
        return members.filter { configuration.baggage.contains($0.prefix { $0 != "=" }.trimmed) }.joined(separator: ",")
    }
}
