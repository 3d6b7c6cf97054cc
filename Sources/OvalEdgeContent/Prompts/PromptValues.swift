import JSON
package import JSONRPC
import Rendering
import Text

/// What a person typed for the arguments of a prompt, made harmless to put next to instructions.
///
/// Each value becomes one JSON text on one line: it cannot close its quotes or begin a line of its own. Hidden
/// characters are made visible, and a text without end is cut.
package struct PromptValues: Sendable {
    private static let longest = 2000

    /// A line for each argument.
    package let lines: String

    /// -32602 for a value that says nothing, or is no number where one is needed.
    package init(_ arguments: [String: String], for prompt: Prompt) throws(RPCError) {
        var lines: [String] = []
        for argument in prompt.arguments {
            let value = Untrusted.cleaned((arguments[argument.name] ?? "").trimmed)
            guard !value.isEmpty else {
                throw .invalidParams("`\(argument.name)` of the prompt `\(prompt.name)` must not be empty.")
            }
            if argument.kind == .wholeNumber, !Self.isID(value) {
                throw .invalidParams(
                    "`\(argument.name)` of the prompt `\(prompt.name)` must be a whole number above 0."
                )
            }
            lines.append("- \(argument.name): \(Self.quoted(value))")
        }
        self.lines = lines.joined(separator: "\n")
    }

    private static func quoted(_ value: String) -> String {
        guard value.count > longest else { return JSON.string(value).text }
        return JSON.string(String(value.prefix(longest))).text + " (cut after \(longest) characters)"
    }

    private static func isID(_ value: String) -> Bool {
        value.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && Int(value) ?? 0 > 0
    }
}
