import JSON
import MCP
import OvalEdge
import Rendering
import Writes

/// A rule in SQL, and a rule that exists for further objects.
extension DQRuleManager {
    func sqlRule(from ovalEdge: OvalEdgeAPI) async throws -> WriteProposal {
        guard let newName, let recommendedFunction else { preconditionFailure("Name and function were checked for.") }
        var rule = SQLRule(
            name: newName,
            objects: objects.map { $0.object },
            recommendedFunction: recommendedFunction
        )
        if let ruleQuery, let statsQuery, let failedValuesQuery {
            rule.queries = QualityQuerySet(rule: ruleQuery, stats: statsQuery, failedValues: failedValuesQuery)
        }
        rule.codeObject = codeObjectID?.number
        rule.connection = connectionID?.number
        rule.schema = schemaID?.number
        rule.purpose = purpose
        let titles: ObjectTitles
        switch try await targets(from: ovalEdge) {
        case .found(let found): titles = found
        case .answer(let answer): return .answer(answer)
        }
        let same = try await ovalEdge.send(.qualityRules(named: newName, limit: 100)).opened().rules
            .filter { $0.name?.lowercased() == newName.lowercased() }
        let request = APIRequest.createRule(rule)
        let change = Change(
            "Create the data quality rule \(escaped: rule.name)",
            telling: [["ruleName"]],
            in: request.body,
            parts(of: rule, titles, isSecond: !same.isEmpty)
        )
        let target = "the new rule \(newName) for \(reference)"
        return .write(
            write(of: target, change, request, refusal: Self.refusal) { reply, ovalEdge in
                await RuleWriteReport(reply, of: target, titles: titles).result(from: ovalEdge)
            }
        )
    }

    private func parts(of rule: SQLRule, _ titles: ObjectTitles, isSecond: Bool) -> [Change.Part] {
        var parts: [Change.Part] = []
        if isSecond { parts.append(.bullet("A rule of this name already exists; this would be a second one.")) }
        parts += objects.map { target in
            .bullet(
                "Checks \(Self.line(of: target, titles))",
                telling: [["objectId"], ["objectType"], ["additionalObjects"]]
            )
        }
        parts.append(.field(.init("Function", at: ["recommendedFunction"])))
        if rule.purpose != nil { parts.append(.field(.init("Purpose", at: ["purpose"]))) }
        if rule.codeObject != nil { parts.append(.field(.init("From the stored query", at: ["codeObjectId"]))) }
        return parts + QualityQuerySet.shown
    }

    private static func line(of target: QualityTarget, _ titles: ObjectTitles) -> Inline {
        "\(bold: titles[target.objectID.number, target.objectType.rawValue] ?? "(no name)") \(code: target.reference)"
    }

    /// The product takes such a request and makes no rule.
    private static func refusal(_ reply: JSON) -> OvalEdgeError? {
        if let refusal = Refusal(reply) { return refusal.error }
        let data = reply.payload
        guard let status = data.text("status"), status.hasSuffix("_blocked") || status == "failed" else { return nil }
        let why = Refusal.words(data.text("message"))
        return OvalEdgeError(
            .notValid,
            "OvalEdge created no rule (\(Refusal.words(status) ?? "failed"))\(why.map { ": “\($0)”" } ?? "").",
            remedy: .text("Write queries that need one schema only, validate them, and try again.")
        )
    }

    func association(from ovalEdge: OvalEdgeAPI) async throws -> WriteProposal {
        let rule: Asset
        switch try await existingRule(from: ovalEdge) {
        case .found(let found): rule = found
        case .answer(let answer): return .answer(answer)
        }
        guard let id = rule.id.flatMap({ Int($0) }) else { return .answer(Self.noSuchRule) }
        let titles: ObjectTitles
        switch try await targets(from: ovalEdge) {
        case .found(let found): titles = found
        case .answer(let answer): return .answer(answer)
        }
        let request = APIRequest.associateRule(
            id,
            with: objects.map { $0.object },
            skipsAssociated: skipAlreadyAssociated
        )
        let count: Inline = objects.count == 1 ? "one object" : "\(objects.count) objects"
        let change = Change(
            "Associate the data quality rule \(escaped: rule.title) with \(count)",
            in: request.body,
            [.bullet("Rule: \(rule.line(links: ovalEdge.links))", telling: [["dqruleId"]])]
                + objects.map { .bullet(Self.line(of: $0, titles), telling: [["objects"]]) }
        )
        let target = "dqrule \(id) for \(reference)"
        return .write(
            write(of: target, change, request) { reply, ovalEdge in
                await RuleWriteReport(reply, of: target, titles: titles).result(from: ovalEdge)
            }
        )
    }

    /// What a call names, or what to say instead of writing.
    private enum Resolution<Found> {
        case found(Found)
        case answer(Answer)
    }

    /// A name that several rules have is not guessed at.
    private func existingRule(from ovalEdge: OvalEdgeAPI) async throws -> Resolution<Asset> {
        if let dqRuleID {
            let found = try await ovalEdge.send(.qualityRules(id: dqRuleID.number, limit: 1)).opened().rules
            return found.first.map { .found($0) } ?? .answer(Self.noSuchRule)
        }
        let name = ruleName ?? ""
        let found = try await ovalEdge.send(.qualityRules(named: name, limit: 100)).opened().rules
        let same = found.filter { $0.name?.lowercased() == name.lowercased() }
        if same.count == 1 { return .found(same[0]) }
        if found.count == 1 { return .found(found[0]) }
        if found.isEmpty { return .answer(Self.noSuchRule) }
        var text = Markdown()
        text.line("\(found.count) rules match this name; nothing was written. Ask which, and give its `dqrule_id`.")
        for rule in found.prefix(25) { text.bullet(rule.line(links: ovalEdge.links)) }
        if found.count > 25 { text.line("\(found.count - 25) more; give more of the name.") }
        return .answer(.failure(text.text))
    }

    private static let noSuchRule = Answer.failure(
        "Data quality rule not found; nothing was written. "
            + "Look it up with the step lookup of dq_rule_advisor, by a part of its name."
    )

    private var reference: String { objects.map { $0.reference }.joined(separator: ", ") }

    /// What the objects are called; one that is not there stops the whole.
    private func targets(from ovalEdge: OvalEdgeAPI) async throws -> Resolution<ObjectTitles> {
        let assets = try await ovalEdge.assets(objects.map { ($0.object.id, $0.object.type) })
        let missing = zip(objects, assets).compactMap { target, asset in asset == nil ? target.reference : nil }
        guard missing.isEmpty else { return .answer(Self.missing(missing)) }
        let named = zip(objects, assets).map { target, asset in
            (object: target.object, title: asset.flatMap { $0.place ?? $0.name } ?? target.reference)
        }
        return .found(ObjectTitles(named))
    }
}
