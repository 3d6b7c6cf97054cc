package import JSON
package import MCP
package import OvalEdge
import Rendering
package import Writes

package struct UpdateAssetDescriptions: WritingTool {
    package static let family = WriteFamily.descriptions
    package static let definition = ToolDefinition(
        name: "update_asset_descriptions",
        title: "Update asset descriptions",
        effect: .changes,
        searchHint: "edit write change description of table column",
        summary: "Replace the descriptions of one asset of the OvalEdge catalog, after a person has agreed.",
        guidance: """
            Use it when a description is missing or wrong. Tables, columns, files, reports, APIs and queries have a business and a technical description; glossary \
            terms and data products a business and a detailed one; domains, tags and master tags one of their own. \
            Write only what the person wants changed: omitted ones stay unchanged. The answer shows the current and \
            the new text; nothing is written before the person has agreed to it. With dry_run OvalEdge checks it and \
            changes nothing.
            """
    )

    let objectID: ObjectID
    let objectType: ObjectType
    let businessDescription: String?
    let technicalDescription: String?
    let detailedDescription: String?
    let domainDescription: String?
    let tagDescription: String?
    let masterTagDescription: String?
    let descriptionField: DescriptionUpdate.Slot?
    let descriptionText: String?
    let failOnBlockedField: Bool?
    let why: WriteReason
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        objectID = input.read("object_id", "Id of the asset.")
        objectType = input.read("object_type", "Kind of the asset, as the search returned it.")
        businessDescription = input.read("business_description", "What it means, for all readers.")
        technicalDescription = input.read("technical_description", "How it is made, for those who work on it.")
        detailedDescription = input.read("detailed_description", "The long form, of a term or a data product.")
        domainDescription = input.read("domain_description", "Of a glossary domain or a data product domain.")
        tagDescription = input.read("tag_description", "Of a tag.")
        masterTagDescription = input.read("master_tag_description", "Of a master tag.")
        descriptionField = input.read("description_field", "Alternative form: which description.")
        descriptionText = input.read("description_text", "The text of `description_field`.")
        failOnBlockedField = input.read("fail_on_blocked_field", "Change nothing if one of the fields is locked.")
        why = WriteReason(&input)
        agreement = Agreement(&input)
        check(&input)
    }
}

extension DescriptionUpdate.Slot: ArgumentChoice {}

extension UpdateAssetDescriptions {
    private func check(_ input: inout Arguments) {
        // What is said of arguments that could not be read would only confuse.
        guard input.mistakes.isEmpty else { return }
        if (descriptionField == nil) != (descriptionText == nil) {
            input.note("`description_field` and `description_text` go together.")
        }
        if descriptionField != nil && named.contains(where: { $0.1 != nil }) {
            input.note("`description_field` does not go with another description; give both by their own names.")
        }
        let slots = DescriptionUpdate.slots(of: objectType)
        if texts.isEmpty { input.note("There is no description to write: give one, such as `business_description`.") }
        if slots.isEmpty { return input.note("object_type", "is a kind whose description cannot be written here.") }
        for (slot, _) in texts where !slots.contains(slot) {
            let known = slots.map { $0.rawValue }.joined(separator: " and ")
            input.note("A \(objectType.title) has no \(slot.rawValue); it has \(known).")
        }
    }

    /// The arguments that are named after what they hold.
    private var named: [(DescriptionUpdate.Slot, String?)] {
        [
            (.business, businessDescription), (.technical, technicalDescription), (.detailed, detailedDescription),
            (.domain, domainDescription), (.tag, tagDescription), (.masterTag, masterTagDescription),
        ]
    }

    private var texts: [DescriptionUpdate.Slot: String] {
        var texts: [DescriptionUpdate.Slot: String] = [:]
        if let descriptionField { texts[descriptionField] = descriptionText }
        for (slot, text) in named { if let text { texts[slot] = text } }
        return texts
    }

    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        let asset = try await read(from: ovalEdge)
        let update = DescriptionUpdate(
            id: objectID.number,
            type: objectType,
            texts: texts,
            failsOnBlockedField: failOnBlockedField,
            client: why.context
        )
        let request = APIRequest.updateDescriptions(update)
        let slots = DescriptionUpdate.Slot.allCases.filter { texts[$0] != nil }
        let target = "\(objectType.rawValue) \(objectID.number)"
        let change = Change(
            of: asset.title,
            target,
            in: request.body,
            slots.map { slot in
                .field(.init(slot.rawValue, at: ["descriptions", slot.rawValue], now: Self.now(slot, in: asset)))
            }
        )
        return .write(
            Write(
                tool: Self.definition.name,
                family: Self.family,
                target: target,
                change: change,
                request: request,
                isDryRun: why.dryRun
            ) { reply, ovalEdge in
                let now = why.dryRun ? nil : await ovalEdge.readBack { try await read(from: $0) }
                let fields = slots.map { slot in
                    ReadBack(
                        slot.rawValue,
                        wanted: texts[slot],
                        before: Self.text(of: slot, in: asset)?.wholePlainText,
                        now: .of(now) { Self.text(of: slot, in: $0)?.wholePlainText }
                    )
                }
                return WriteReport(
                    reply,
                    of: asset.title,
                    asset.link,
                    links: ovalEdge.links,
                    isDryRun: why.dryRun
                ).result(readBack: fields)
            }
        )
    }

    private func read(from ovalEdge: OvalEdgeAPI) async throws -> Asset {
        try await ovalEdge.record(of: objectID.number, objectType).asset
    }

    private static func text(of slot: DescriptionUpdate.Slot, in asset: Asset) -> RichText? {
        asset.json[slot.rawValue].flatMap { RichText($0) }
    }

    private static func now(_ slot: DescriptionUpdate.Slot, in asset: Asset) -> Change.Now {
        .holds(asset.json[slot.rawValue].flatMap { RichText.stored($0) }, plain: text(of: slot, in: asset)?.plainText)
    }

    package static let outputSchema: JSON = WriteReport.outputSchema
}
