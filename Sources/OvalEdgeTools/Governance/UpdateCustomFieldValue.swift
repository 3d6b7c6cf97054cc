package import JSON
package import MCP
package import OvalEdge
import Rendering
package import Writes

package struct UpdateCustomFieldValue: WritingTool {
    package static let family = WriteFamily.governance
    package static let definition = ToolDefinition(
        name: "update_custom_field_value",
        title: "Update custom field values",
        effect: .changes,
        searchHint: "set custom field value",
        summary: "Set the values of custom fields of one object, after a person has agreed.",
        guidance: """
            Custom fields are added by the organisation. Some accept only values from a list: an invalid value returns \
            the list. Where such a field may hold several, code_update_mode says whether the new values replace the \
            current ones, are added to them, or are removed. Several fields may be set at once: if one does not exist, \
            nothing is written. The answer shows the current and the new value of each; nothing is written before the \
            person has agreed. With dry_run OvalEdge checks it and changes nothing.
            """
    )

    let objectID: ObjectID
    let objectType: CustomFieldType
    let fieldUpdates: [CustomFieldChange]
    let timeZone: String?
    let codeUpdateMode: CodeUpdateMode?
    let failOnBlockedField: Bool?
    let why: WriteReason
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the object.")
        objectType = input.read("object_type", "Kind of the object, as the search returned it.")
        fieldUpdates = input.read("field_updates", "The fields by name or key, each with its value; empty to clear it.")
        timeZone = input.read("time_zone", "Time zone of dates in the values, such as Europe/Berlin.")
        codeUpdateMode = input.read("code_update_mode", "What happens to the current values of a list field.")
        failOnBlockedField = input.read("fail_on_blocked_field", "Change nothing if one of the fields is locked.")
        why = WriteReason(&input)
        agreement = Agreement(&input)
        var seen: Set<CustomField.Reference> = []
        for change in fieldUpdates where !seen.insert(change.field).inserted {
            input.note("field_updates", "sets \(change.field.text) twice.")
        }
    }
}

extension UpdateCustomFieldValue {
    private typealias Setting = (field: CustomField, name: String, value: CustomFieldUpdate.Value)

    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        var settings: [Setting] = []
        var missing: [String] = []
        for change in fieldUpdates {
            guard let field = try await read(change.field, from: ovalEdge) else {
                missing.append(change.field.text)
                continue
            }
            let name = field.name ?? change.field.text
            guard field.isCode else {
                settings.append((field, name, .init(change.field, change.value.text)))
                continue
            }
            let question = FieldQuestion(about: field, called: name)
            switch CodeValue(change.value, of: field, codeUpdateMode) {
            case .text(let text): settings.append((field, name, .init(change.field, text)))
            case .unknown(let values): return .answer(question.unknown(values))
            case .several(let values): return .answer(question.several(values))
            case .modeWanted(let values): return .answer(question.mode(for: values))
            }
        }
        guard missing.isEmpty else { return .answer(FieldQuestion.missing(missing)) }
        let asset = try await self.asset(from: ovalEdge)
        return .write(write(settings, asset, zone: timeZone ?? ovalEdge.configuration.timeZone))
    }

    private func write(_ settings: [Setting], _ asset: Asset?, zone: String) -> Write {
        let target = "\(objectType.name) \(objectID.number)"
        let request = APIRequest.updateCustomFields(
            CustomFieldUpdate(
                id: objectID.number,
                type: objectType.name,
                values: settings.map { $0.value },
                timeZone: zone,
                failsOnBlockedField: failOnBlockedField,
                client: why.context
            )
        )
        return Write(
            tool: Self.definition.name,
            family: Self.family,
            target: target,
            change: Change(of: asset?.title, target, in: request.body, Self.parts(settings)),
            request: request,
            isDryRun: why.dryRun
        ) { reply, ovalEdge in
            var fields: [ReadBack] = []
            for setting in why.dryRun ? [] : settings {
                let now = await ovalEdge.readBack { try await read(setting.value.field, from: $0) } ?? nil
                fields.append(
                    ReadBack(
                        setting.name,
                        wanted: setting.value.text,
                        before: setting.field.currentValue,
                        now: .of(now) { $0.currentValue }
                    )
                )
            }
            let subject = asset?.title ?? target
            return WriteReport(reply, of: subject, asset?.link, links: ovalEdge.links, isDryRun: why.dryRun)
                .result(readBack: fields)
        }
    }

    private static func parts(_ settings: [Setting]) -> [Change.Part] {
        settings.enumerated().map { index, setting in
            let place = ["fieldUpdates", "\(index)"]
            let now = Change.Now.holds(setting.field.currentValue)
            return .field(.init(setting.name, at: place + ["value"], now: now, telling: [place]))
        } + settings.compactMap { uncertainty(about: $0) }
    }

    /// Where several values go into a field of which it is not known whether it may hold them.
    private static func uncertainty(about setting: Setting) -> Change.Part? {
        let isCertain = setting.field.allowsSeveral != nil || !setting.field.isCode
        guard !isCertain, CustomField.values(in: setting.value.text).count > 1 else { return nil }
        return .line("Whether \(escaped: setting.name) may hold several values is not known; OvalEdge decides.")
    }

    private func read(_ field: CustomField.Reference, from ovalEdge: OvalEdgeAPI) async throws -> CustomField? {
        try await ovalEdge.send(.customField(field, id: objectID.number, type: objectType.name)).opened().first
    }

    /// For its name; not every kind has a page to read it from, but of one that has, an empty one is no asset.
    private func asset(from ovalEdge: OvalEdgeAPI) async throws -> Asset? {
        guard let type = objectType.objectType else { return nil }
        do {
            return try await ovalEdge.record(of: objectID.number, type).asset
        } catch {
            guard error.kind == .notFound, error.status == nil else { return nil }
            throw error
        }
    }

    package static let outputSchema: JSON = WriteReport.outputSchema(adding: Choices.schema)
}
