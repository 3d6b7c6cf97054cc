import JSON
import MCP
import Rendering

/// What a person has to choose before there is anything to preview; nothing is chosen for them.
struct Choices {
    struct Item {
        var id: Int?
        let name: String
        var note: String?
    }

    private let question: Inline
    private let argument: String
    private let items: [Item]
    private let next: Inline
    private let advice: [Inline]
    private let more: [(String, JSON)]

    /// `argument` carries what is chosen, in the call that `next` describes; `advice` says what else can be done, and
    /// `more` is for programs.
    init(
        _ question: Inline,
        selecting argument: String,
        _ items: [Item],
        next: Inline? = nil,
        advice: [Inline] = [],
        more: [(String, JSON)] = []
    ) {
        self.question = question
        self.argument = argument
        self.items = items
        self.next =
            next
                ?? """
                Show the person all of it and let them choose; then call again with the same arguments and \
                \(code: argument).
                """
        self.advice = advice
        self.more = more
    }

    var answer: Answer {
        var text = Markdown()
        text.heading(3, items.isEmpty ? "No choices available" : "A choice is needed")
        text.note("Nothing has been written yet. \(question)")
        for item in items {
            var line: Inline = "\(bold: item.name)"
            if let id = item.id { line += ": \(code: "\(argument)=\(id)")" }
            if let note = item.note { line += " — \(excerpt: note, upTo: Self.longestNote)" }
            text.bullet(line)
        }
        if !items.isEmpty { text.note(next) }
        for sentence in advice { text.note(sentence) }
        return Answer(text, structured: structured)
    }

    private static let longestNote = 160

    private var structured: JSON {
        let known: JSON = .members(
            ("ok", true),
            ("written", false),
            ("awaitingUserSelection", true),
            ("selectionField", .string(argument)),
            ("choices", .array(items.map { $0.json }))
        )
        return .object(JSONObject((known.object?.members ?? []) + more.map { JSONObject.Member($0.0, $0.1) }))
    }

    /// Of tools that offer choices.
    static let schema: [(String, JSON)] = [
        ("awaitingUserSelection", ["type": "boolean", "description": "True: the person has to choose first."]),
        ("selectionField", ["type": "string", "description": "The argument for the choice."]),
        (
            "choices",
            [
                "type": "array",
                "items": [
                    "type": "object",
                    "properties": [
                        "id": ["type": "integer"], "name": ["type": "string"], "note": ["type": "string"],
                    ],
                    "required": ["name"],
                ],
            ]
        ),
    ]
}

extension Choices.Item {
    fileprivate var json: JSON {
        .members(
            ("id", id.map { .int($0) }),
            ("name", .string(Untrusted.cleaned(name))),
            ("note", note.map { .string(Untrusted.cleaned($0)) })
        )
    }
}
