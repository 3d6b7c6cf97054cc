import OvalEdgeTools

/// Prompts that answer from what people wrote: data stories and handbooks.
enum KnowledgePrompts {
    static let all = [organizationalKnowledge, platformHelp]

    private static let organizationalKnowledge = Prompt(
        "organizational_knowledge",
        title: "What does our organisation say?",
        description: "Answers a question from the organisation's data stories, with the story's own citation line.",
        arguments: [Prompt.Argument("question", "Question", "What you want to know, such as how long data is kept.")],
        using: [.knowledgeSearch],
        task: "Answer the question from what people in the organisation wrote.",
        steps: [
            "Call `knowledge_search` with the question as `content_query`.",
            """
            If a story answers it, begin with that story's citation line, exactly as in the answer; then answer in a \
            few sentences and quote the decisive words.
            """,
            """
            If no story answers it, call `knowledge_search` once more with the question as `query`, and say that what \
            follows is OvalEdge's documentation and not a rule of the organisation.
            """,
            "If that fails too, say that nothing is documented. Do not answer from general knowledge.",
        ]
    )

    private static let platformHelp = Prompt(
        "platform_help",
        title: "How do I … in OvalEdge?",
        description: "Answers a how-to question from OvalEdge's documentation and says how certain it is.",
        arguments: [Prompt.Argument("question", "Question", "What you want to do in OvalEdge.")],
        using: [.knowledgeSearch],
        task: "Answer the question about using OvalEdge from its documentation.",
        steps: [
            "Call `knowledge_search` with the question as `query` and `limit` 7.",
            "Grade each passage: answers it, related, unrelated. Use the first, name the second, drop the third.",
            "Answer as numbered steps, each with the address of the passage it is based on.",
            """
            If no passage answers it, say so first. Keep what you add from general knowledge separate, under the words \
            "not from the documentation".
            """,
        ]
    )
}
