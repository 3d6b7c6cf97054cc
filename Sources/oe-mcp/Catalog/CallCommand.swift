import Commands
import HTTP
import JSON
import JSONRPC
import Logging
import MCP
import OvalEdge
import OvalEdgeTools
import Rendering
import Settings
import Writes

/// `oe-mcp call TOOL key=value …`: one tool, called from a shell.
enum CallCommand {
    static func run(_ line: ParsedCommandLine) throws -> Int32 {
        guard let tool = line.operands.first else {
            throw UsageError("The name of a tool is missing.", advice: "Run `oe-mcp tools` to see their names.")
        }
        let arguments = try arguments(line)
        let format = try line.outputFormat(orJSON: "structured")
        let wiring = try Wiring(line, logLevel: .error)
        defer { wiring.endLookUps() }
        let outcome = Waiter.run(showing: "Calling \(tool)") { () async -> Result<Answer, any Error> in
            do throws(HTTPFailure) {
                try wiring.prepare()
            } catch {
                // A tool may need no request; one that does says in its answer what this means for it.
                wiring.log.error("\(error)")
            }
            do {
                let context = RequestContext(revision: .newestWithHandshake, clientName: "shell")
                let tools = wiring.tools(consent: consent(line, wiring.log.redactor))
                return .success(try await tools.call(tool, arguments: arguments, in: context))
            } catch {
                return .failure(error)
            }
        }
        do {
            let answer = try outcome.get()
            show(answer, format, wiring.log.redactor)
            if answer.failureKind == .notSignedIn && !wiring.canSignIn { return SettingsError.exitCode }
            return answer.isFailure || answer.isUndone ? 1 : 0
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

    private static func show(_ answer: Answer, _ format: OutputFormat?, _ redactor: Redactor) {
        let finder = redactor.finder
        guard let format, let found = answer.structured.map({ $0.replacingTexts { finder.redacted($0) } ?? $0 }) else {
            let text = redactor.redacted(answer.text)
            return format == nil || format == .json ? StandardOutput.write(text) : StandardError.write(text)
        }
        switch format {
        case .json: return StandardOutput.write(found.prettyText)
        case _ where answer.isFailure: return StandardError.write(redactor.redacted(answer.text))
        case .table: found.table.write()
        case .csv: found.table.writeCSV()
        }
        if let page = found["nextPage"]?.int { StandardError.write("There is more: add page=\(page).") }
    }
}

extension JSON {
    /// The longest list of objects in it, a row for each; without one, a row for each of its own members.
    fileprivate var table: TextTable {
        if let longest = lists.max(by: { $0.count < $1.count }) { return TextTable(longest) }
        let whole = TextTable([self["data"]?.object ?? object ?? JSONObject()])
        let rows = zip(whole.columns, whole.rows.first ?? []).map { [TextTable.Cell($0), $1] }
        return TextTable(columns: ["name", "value"], rows: rows)
    }

    /// What is nearer to the root comes first.
    private var lists: [[JSONObject]] {
        switch self {
        case .object(let object): return object.members.flatMap { $0.value.lists }
        case .array(let items):
            let objects = items.compactMap { $0.object }
            let inner = items.flatMap { $0.lists }
            return objects.isEmpty || objects.count < items.count ? inner : [objects] + inner
        default: return []
        }
    }
}

extension CallCommand {
    /// `--yes` is the person's word; else they are asked, if there is a terminal to ask them on.
    private static func consent(_ line: ParsedCommandLine, _ redactor: Redactor) -> Consent.Asking {
        { preview in
            guard line.has("yes") || StandardInput.isPerson else { return .notPossible(advice: advice) }
            StandardError.write(redactor.redacted(preview))
            if line.has("yes") { return .given(how: "--yes") }
            StandardError.write("")
            return await YesOrNo(question: "Write this to OvalEdge?").isAgreed() ? .given(how: "terminal") : .declined
        }
    }

    private static let advice =
        "There is no terminal to ask on: run the same command in one, or add `--yes` if this is to be written."
}

extension Answer {
    /// Whether a change was asked for that waits for a person, or that they declined: a script must not go on.
    fileprivate var isUndone: Bool {
        let waits = ["awaitingUserConfirmation", "awaitingUserInput", "awaitingUserSelection", "requiresRuleSelection"]
        return waits.contains { structured?[$0] == true } || structured?["status"] == "declined"
            || structured?["ok"] == false || structured?["status"] == "partly_done"
    }
}
