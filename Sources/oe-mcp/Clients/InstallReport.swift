import ClientConfiguration
import Files
import JSON
import Logging
import Rendering
import Text

/// What was done for one client.
struct InstallReport {
    let client: ClientProgram
    /// Of the entry, where one was looked at.
    var name: String?
    var action: String
    var path: String?
    var realPath: String?
    var difference = ""
    /// What a person pastes, or the address that they open.
    var snippet: String?
    var link: String?
    var message: String
    /// As the program would end with it alone.
    var code: Int32 = 0

    init(_ plan: InstallPlan, isDry: Bool) {
        client = plan.client
        name = plan.name.isEmpty ? nil : plan.name
        (action, path, realPath) = (plan.action.rawValue, plan.file.path, plan.file.realPath)
        difference = plan.difference
        message = Self.message(plan, isDry: isDry)
    }

    init(_ client: ClientProgram, _ action: String, _ message: String, code: Int32 = 0) {
        (self.client, self.action, self.message, self.code) = (client, action, message, code)
    }

    /// For an error that came up while this client was looked at or changed.
    init(_ client: ClientProgram, _ error: any Error, path: String?, isRemoval: Bool = false) {
        self.client = client
        self.path = path
        action = "refused"
        let place = path.map { " (\($0))" } ?? ""
        switch error {
        case let error as DocumentFault:
            message = "\(client.name)'s file cannot be changed\(place): \(error). \(error.advice)"
            code = 4
        case let error as ForeignEntry:
            let advice =
                isRemoval
                ? "It stays; remove it with --force, or name another entry with --name."
                : "Choose another name with --name, or replace it with --force."
            message = "\(client.name): \(error)\(place). \(advice)"
            code = 4
        case let error as FileError:
            message = "\(error). \(error.remedy ?? "Nothing was changed.")"
            code = 4
        case let error as InstallRefusal:
            message = "\(error.what). \(error.advice)"
            code = error.code
            if code == 3 { action = "needed" }
        default:
            message = "\(client.name): \(error). Nothing was changed."
            code = 1
            action = "failed"
        }
    }

    private static func message(_ plan: InstallPlan, isDry: Bool) -> String {
        let isUsual = ["", "ovaledge"].contains(plan.name)
        let name = isUsual ? plan.client.name : "\(plan.client.name), \(plan.name)"
        let place = plan.file.realPath == plan.file.path ? plan.file.path : "\(plan.file.path) → \(plan.file.realPath)"
        switch plan.action {
        case .unchanged: return "\(name): unchanged (\(place))."
        case .absent: return "\(name): no entry, nothing to do (\(place))."
        default:
            if isDry { return "\(name): would be \(plan.action.rawValue) (\(place))." }
            let next = plan.action == .removed ? "" : " \(plan.client.reload)"
            return "\(name): \(plan.action.rawValue) (\(place)).\(next)"
        }
    }

    var json: JSON {
        .members(
            ("id", .string(client.id)),
            ("name", name.map { .string($0) }),
            ("action", .string(action)),
            ("file", path.map { .string($0) }),
            ("realFile", realPath.map { .string($0) }),
            ("message", .string(message)),
            ("diff", difference.isEmpty ? nil : .string(difference)),
            ("snippet", snippet.map { .string($0) }),
            ("link", link.map { .string($0) })
        )
    }
}

extension [InstallReport] {
    /// The first of failed, refused, needed by a person, done.
    var code: Int32 { map { $0.code }.first { $0 == 1 } ?? map { $0.code }.max() ?? 0 }

    /// Shows all of them; errors where errors go.
    func show(asJSON: Bool, isDry: Bool) -> Int32 {
        if asJSON {
            let json: JSON = ["schema": 1, "dryRun": .bool(isDry), "clients": .array(map { $0.json })]
            StandardOutput.write(TerminalText.json(json))
            return code
        }
        for report in self {
            if !report.difference.isEmpty { StandardOutput.write(report.difference) }
            if let snippet = report.snippet {
                StandardOutput.write("For \(report.path ?? report.client.name):\n\n\(snippet)")
            }
            if report.code == 0 {
                StandardOutput.write(VisibleText.line(report.message))
            } else {
                StandardError.write(VisibleText.line("oe-mcp: \(report.message)"))
            }
        }
        return code
    }
}
