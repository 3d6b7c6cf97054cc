import OvalEdge
import Rendering

/// What was found, its texts read once, however often an answer is written.
struct KnowledgeTexts: Sendable {
    let knowledge: Knowledge
    let stories: [RowedText]
    let documents: [RowedText]

    init(_ knowledge: Knowledge) {
        self.knowledge = knowledge
        stories = knowledge.stories.map { RowedText($0.content?.allLines ?? []) }
        documents = knowledge.passages.map { RowedText(HTMLText($0.text).lines) }
    }
}
