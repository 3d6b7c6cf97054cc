import MCP
import OvalEdgeTools
import Telemetry

/// The table of everything that is counted, with the labels and how many values each can have.
enum MetricsTable {
    static var markdown: String {
        let names = OperationNames.mcp(tools: ToolName.allCases.map { $0.rawValue }, transport: "tcp")
        let rows = Metrics(names, version: "").families.map { family in
            let labels = family.labels.map { label($0) }.joined(separator: ", ")
            return "| `\(family.name)` | \(family.typeName) | \(labels) | \(family.help) |\n"
        }
        return "| Name | Kind | Labels | What it says |\n|---|---|---|---|\n" + rows.joined()
    }

    /// Few values are named; of many the number is enough.
    private static func label(_ label: MetricLabel) -> String {
        let names = label.names.map { "`\($0)`" }.joined(separator: " with ")
        let values = label.values.map { $0[0] }.filter { !$0.isEmpty }
        guard label.names.count == 1, values.count > 1 else {
            return label.names.count == 1 ? names : "\(names): \(label.values.count) pairs"
        }
        return "\(names): " + (values.count > 10 ? "\(values.count) values" : values.joined(separator: ", "))
    }
}
