import JSON

/// A field as `requestedSchema` describes it in each revision.
extension Field {
    func schema(for revision: Revision) -> JSON {
        let members = [("title", title), ("description", description(for: revision))].compactMap { name, text in
            text.map { JSONObject.Member(name, .string($0)) }
        }
        let own = kind.schema(isTitled: revision >= .november2025)
        return .object(JSONObject(members + (own.object?.members ?? [])))
    }

    private func description(for revision: Revision) -> String? {
        guard case .choices(let options, _) = kind, revision < .november2025 else { return description }
        let values = options.map { $0.value }.joined(separator: ", ")
        return [description, "One or more of \(values), with commas between them."].compactMap { $0 }
            .joined(separator: " ")
    }
}

extension Field.Kind {
    /// `isTitled` from 2025-11-25 on, when options got titles, lists and every field a default.
    fileprivate func schema(isTitled: Bool) -> JSON {
        switch self {
        case .text(let length, let format, let fallback):
            .members(
                ("type", "string"),
                ("minLength", length.map { .int($0.lowerBound) }),
                ("maxLength", length.map { .int($0.upperBound) }),
                ("format", format.map { .string($0.rawValue) }),
                ("default", isTitled ? fallback.map { .string($0) } : nil)
            )
        case .number(let limits, let fallback):
            .members(
                ("type", "number"),
                ("minimum", limits.map { .double($0.lowerBound) }),
                ("maximum", limits.map { .double($0.upperBound) }),
                ("default", isTitled ? fallback.map { .double($0) } : nil)
            )
        case .integer(let limits, let fallback):
            .members(
                ("type", "integer"),
                ("minimum", limits.map { .int($0.lowerBound) }),
                ("maximum", limits.map { .int($0.upperBound) }),
                ("default", isTitled ? fallback.map { .int($0) } : nil)
            )
        case .flag(let fallback): .members(("type", "boolean"), ("default", fallback.map { .bool($0) }))
        case .choice(let options, let fallback, let titles):
            Self.choice(options, fallback, isTitled ? titles : .parallel, hasDefault: isTitled)
        case .choices(let options, let fallback) where isTitled:
            .members(
                ("type", "array"),
                ("items", Self.items(options)),
                ("default", fallback.isEmpty ? nil : .strings(fallback))
            )
        case .choices: ["type": "string"]
        }
    }

    private static func choice(
        _ options: [Field.Option],
        _ fallback: String?,
        _ titles: Field.Titles,
        hasDefault: Bool
    ) -> JSON {
        let hasTitles = options.contains { $0.title != nil }
        let isParallel = hasTitles && titles == .parallel
        return .members(
            ("type", "string"),
            ("oneOf", hasTitles && !isParallel ? titled(options) : nil),
            ("enum", hasTitles && !isParallel ? nil : .strings(options.map { $0.value })),
            ("enumNames", isParallel ? .strings(options.map { $0.title ?? $0.value }) : nil),
            ("default", hasDefault ? fallback.map { .string($0) } : nil)
        )
    }

    private static func items(_ options: [Field.Option]) -> JSON {
        guard options.contains(where: { $0.title != nil }) else {
            return ["type": "string", "enum": .strings(options.map { $0.value })]
        }
        return ["anyOf": titled(options)]
    }

    private static func titled(_ options: [Field.Option]) -> JSON {
        .array(options.map { ["const": .string($0.value), "title": .string($0.title ?? $0.value)] })
    }
}
