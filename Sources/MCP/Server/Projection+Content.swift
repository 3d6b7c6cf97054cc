import JSON
import Text

/// Blocks of content; what a revision does not know becomes what it does.
extension Projection {
    func block(_ content: Content) -> JSON {
        var block = bare(content.kind)
        if let annotations = content.annotations { block["annotations"] = self.annotations(annotations) }
        if let meta = since(.june2025, content.meta) { block["_meta"] = meta }
        return block
    }

    private func bare(_ kind: Content.Kind) -> JSON {
        switch kind {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .image(let bytes, let mimeType): media("image", bytes, mimeType)
        case .audio(let bytes, let mimeType) where revision >= .march2025: media("audio", bytes, mimeType)
        case .audio(_, let mimeType): note("A sound (\(mimeType)), which this revision of the protocol cannot carry.")
        case .resource(let contents): ["type": "resource", "resource": self.contents(contents)]
        case .link(let link) where revision >= .june2025: self.link(link)
        case .link(let link): note("\(link.title ?? link.name): \(link.uri)")
        }
    }

    private func note(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

    private func media(_ type: String, _ bytes: [UInt8], _ mimeType: String) -> JSON {
        ["type": .string(type), "data": .string(Base64.encoded(bytes)), "mimeType": .string(mimeType)]
    }

    private func link(_ link: ResourceLink) -> JSON {
        .members(
            ("type", "resource_link"),
            ("uri", .string(link.uri)),
            ("name", .string(link.name)),
            ("title", link.title.map { .string($0) }),
            ("description", link.description.map { .string($0) }),
            ("mimeType", link.mimeType.map { .string($0) })
        )
    }

    func contents(_ contents: ResourceContents) -> JSON {
        let body: (String, JSON?) =
            switch contents.body {
            case .text(let text): ("text", .string(text))
            case .bytes(let bytes): ("blob", .string(Base64.encoded(bytes)))
            }
        return .members(
            ("uri", .string(contents.uri)),
            ("mimeType", contents.mimeType.map { .string($0) }),
            body,
            ("_meta", viewed(contents.meta))
        )
    }

    func annotations(_ annotations: Annotations) -> JSON {
        .members(
            ("audience", annotations.audience.isEmpty ? nil : .strings(annotations.audience.map { $0.rawValue })),
            ("priority", annotations.priority.map { .double($0) }),
            ("lastModified", since(.june2025, annotations.lastModified.map { .string($0) }))
        )
    }
}
