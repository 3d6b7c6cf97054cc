import HTTP
import JSON

/// `GET tags/create-options` and `GET tags/parent-options`: below which tags a new one may be put.
///
/// In the secure mode the tags at the top are the master tags, and the options come with the status 422.
enum TagOptionsRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        options(catalog)
    }

    static func places(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        let master = call.number("masterTagId").flatMap { catalog.asset($0, type: "oetag") }
        let branch = call.number("browseParentTagId").flatMap { catalog.asset($0, type: "oetag") }
        guard !catalog.securesTags || master != nil else { return .refusal(.badRequest, "masterTagId is required") }
        let places = (branch ?? master).map { catalog.children(of: $0) } ?? roots(catalog)
        let data: JSON = .members(
            ("masterTagName", master.map { .string($0.name) }),
            ("browseParentTagId", branch.map { .int($0.id) }),
            ("parentTagChoices", .array(places.map { place($0, catalog) }))
        )
        return .json(["ok": true, "data": data])
    }

    static func options(_ catalog: SampleCatalog) -> HTTPResponse {
        guard catalog.securesTags else {
            let places = roots(catalog).map { place($0, catalog) }
            return .json(["ok": true, "data": ["tagSecurityMode": "open", "parentTagChoices": .array(places)]])
        }
        let masters = roots(catalog).map { tag -> JSON in
            .members(
                ("masterTagId", .int(tag.id)),
                ("tagName", .string(tag.name)),
                ("description", tag["about"].map { .string($0) })
            )
        }
        let data: JSON = [
            "tagSecurityMode": "secure", "status": "INPUT_REQUIRED", "requiredFields": ["masterTagId"],
            "masterTagChoices": .array(masters),
        ]
        return .json(["ok": false, "message": "Pick a master tag", "data": data], status: .unprocessableContent)
    }

    private static func roots(_ catalog: SampleCatalog) -> [SampleAsset] {
        catalog.all.filter { $0.kind == .oetag && $0.parent == nil }
    }

    private static func place(_ tag: SampleAsset, _ catalog: SampleCatalog) -> JSON {
        [
            "parentTagId": .int(tag.id), "tagName": .string(tag.name), "rootTag": .bool(tag.parent == nil),
            "hasChildren": .bool(!catalog.children(of: tag).isEmpty),
        ]
    }
}

/// `POST tags`: a new tag in its place.
enum CreateTagRoute {
    static func respond(_ call: SandboxCall, _ catalog: inout SampleCatalog) -> HTTPResponse {
        guard let body = call.body, let name = body["tagName"]?.string?.nonBlank else {
            return .refusal(.badRequest, "tagName is required")
        }
        let master = body["masterTagId"]?.int.flatMap { catalog.asset($0, type: "oetag") }
        guard !catalog.securesTags || master != nil else { return TagOptionsRoute.options(catalog) }
        var parent = master
        if let id = body["parentTagId"]?.int {
            parent = catalog.asset(id, type: "oetag")
            guard let parent, master == nil || catalog.lineage(of: parent).contains(where: { $0.id == master?.id })
            else {
                return .refusal(.badRequest, "parentTagId \(id) is no tag there")
            }
        }
        if catalog.all.contains(where: { $0.kind == .oetag && $0.parent == parent?.id && $0.name.equals(name) }) {
            return .refusal(.conflict, "There is a tag \(name) in that place already")
        }
        var tag = SampleAsset(id: catalog.nextID, kind: .oetag, name: name, parent: parent?.id)
        tag.facts["about"] = body["description"]?.string
        catalog.add(tag)
        return .json(["ok": true, "message": "created", "data": reply(tag, catalog)])
    }

    private static func reply(_ tag: SampleAsset, _ catalog: SampleCatalog) -> JSON {
        .members(
            ("tagId", .int(tag.id)),
            ("tagName", .string(tag.name)),
            ("masterTagId", catalog.securesTags ? catalog.lineage(of: tag).last.map { .int($0.id) } : nil),
            ("parentTagId", tag.parent.map { .int($0) }),
            ("navLink", .string(catalog.navLink(of: tag)))
        )
    }
}
