import JSON
import JSONRPC
import Logging
import MCP
import OvalEdgeTools
import Settings

/// `oe-mcp call TOOL key=value …`: one tool, called from a shell.
enum CallCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        guard let tool = line.operands.first else {
            throw UsageError("The name of a tool is missing.", advice: "Run `oe-mcp tools` to see their names.")
        }
        let arguments = try arguments(line)
        let wiring = try Wiring(line, logLevel: .error)
        let outcome = Waiter.run { () async -> Result<Answer, any Error> in
            do {
                try? wiring.prepare()
                let context = RequestContext(revision: .newestWithHandshake, clientName: "shell")
                return .success(try await wiring.tools.call(tool, arguments: arguments, in: context))
            } catch {
                return .failure(error)
            }
        }
        do {
            return show(try outcome.get(), asJSON: line.has("structured"), wiring.log.redactor)
        } catch let error as RPCError {
            throw UsageError(error.message, advice: "Run `oe-mcp tools` to see what there is.")
        }
    }

    /// Values are texts, which every tool understands; a name given twice makes a list.
    private static func arguments(_ line: ParsedCommandLine) throws -> JSONObject {
        let pairs = line.operands.dropFirst()
        guard let text = line["json"] else { return try object(pairs) }
        guard pairs.isEmpty else {
            throw UsageError("The arguments are given twice.", advice: "Write either KEY=VALUE pairs or --json.")
        }
        do {
            guard let object = try JSON(parsing: text).object else {
                throw UsageError("`--json` must be an object.", advice: #"Write --json '{"name": "value"}'."#)
            }
            return object
        } catch let error as JSONSyntaxError {
            throw UsageError("`--json` is not JSON: \(error).", advice: #"Write --json '{"name": "value"}'."#)
        }
    }

    private static func object(_ pairs: ArraySlice<String>) throws -> JSONObject {
        var object = JSONObject()
        for pair in pairs {
            guard let sign = pair.firstIndex(of: "="), sign > pair.startIndex else {
                throw UsageError("`\(pair)` is not KEY=VALUE.", advice: "Write, for example, object_type=oetable.")
            }
            let name = String(pair[..<sign])
            let value = JSON.string(String(pair[pair.index(after: sign)...]))
            switch object[name] {
            case nil: object[name] = value
            case .array(let list)?: object[name] = .array(list + [value])
            case let single?: object[name] = .array([single, value])
            }
        }
        return object
    }

    private static func show(_ answer: Answer, asJSON: Bool, _ redactor: Redactor) -> Int32 {
        let structured = answer.structured.map { $0.prettyText }
        StandardOutput.write(redactor.struck(asJSON ? structured ?? answer.text : answer.text))
        return answer.isFailure ? 1 : 0
    }
}
