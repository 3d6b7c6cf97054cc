import HTTP
import JSON
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Testing

/// Reads the arguments as a call does and compares what would be sent: `GET /path?a=b` or `POST /path {…}`.
func expect<Called: OneRequestTool>(
    _ tool: Called.Type,
    _ arguments: JSON,
    sends expected: String,
    at location: SourceLocation = #_sourceLocation
) {
    var input = Arguments(arguments.object ?? JSONObject(), of: tool.definition.name)
    let request = Called(&input).request
    #expect(input.mistakes == [], sourceLocation: location)
    let query = request.query.isEmpty ? "" : "?" + URLText.query(request.query)
    let body = request.body.map { " " + $0.text } ?? ""
    #expect("\(request.method) \(request.path)\(query)\(body)" == expected, sourceLocation: location)
}

/// All that is wrong with a call.
func mistakes(_ tool: any Tool.Type, _ arguments: JSON) -> [String] {
    var input = Arguments(arguments.object ?? JSONObject(), of: tool.definition.name)
    _ = tool.init(&input)
    return input.mistakes
}

/// What a tool makes of one reply.
func answer<Called: OneRequestTool>(
    _ tool: Called.Type,
    _ arguments: JSON,
    to reply: String,
    within budget: AnswerBudget = AnswerBudget(),
    at location: SourceLocation = #_sourceLocation
) throws -> Answer {
    var input = Arguments(arguments.object ?? JSONObject(), of: tool.definition.name)
    let call = Called(&input)
    try #require(input.mistakes == [])
    let reply = try Called.Reply(JSON(parsing: reply))
    return budget.fitted(
        call.render(reply, links: LinkBase("https://oe.example/ovaledge")),
        marking: UntrustedDelimiter("k3x9q2")
    ).checkingHalves(at: location)
}
