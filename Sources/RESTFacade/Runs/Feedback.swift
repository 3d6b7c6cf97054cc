import JSON

/// What a person has said to the questions of a call, in the body of a repeated call.
struct Feedback {
    /// In the order of the questions: one where a single question is answered.
    let answers: [JSON]
    let token: String?

    private static let actions = ["accept", "decline", "cancel"]

    /// Takes its members out of the arguments; nil without any, or where the tool itself has arguments of these names.
    ///
    /// What is no answer to a question is refused before the call that waits has heard of it.
    init?(_ arguments: inout JSONObject, declared schema: JSON) throws(RESTError) {
        let names = ["user_feedback", "_user_feedback"].filter { schema["properties"]?[$0] == nil }
        guard let name = names.first(where: { arguments[$0] != nil }), let given = arguments[name] else { return nil }
        arguments[name] = nil
        token = arguments["resume_token"]?.string
        arguments["resume_token"] = nil
        guard let list = given.array else {
            answers = [try Self.answer(given, name)]
            return
        }
        guard !list.isEmpty else { throw .invalidRequest("`\(name)` is empty. Send an answer to each question.") }
        var answers: [JSON] = []
        for (place, given) in list.enumerated() { answers.append(try Self.answer(given, "\(name)[\(place)]")) }
        self.answers = answers
    }

    private static func answer(_ given: JSON, _ name: String) throws(RESTError) -> JSON {
        guard given.object != nil else {
            throw .invalidRequest("`\(name)` must be an object. Send action and content.")
        }
        guard let action = given["action"] else { return ["action": "accept", "content": given] }
        guard let action = action.string, actions.contains(action) else {
            throw .invalidRequest(
                "`\(name).action` must be accept, decline or cancel. Send the same token again with it."
            )
        }
        if let content = given["content"], content.object == nil {
            throw .invalidRequest("`\(name).content` must be an object. Send the same token again with it.")
        }
        return .members(("action", .string(action)), ("content", given["content"]))
    }
}
