import JSON
package import MCP
package import OvalEdge
import Rendering
package import Writes

extension CreateTag {
    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        let options = try await ovalEdge.send(.tagOptions()).envelope.opened()
        var master: TagPlace?
        switch self.master(in: options) {
        case .place(let place): master = place
        case .none: break
        case .answer(let answer): return .answer(answer)
        }
        let tree = TagTree(ovalEdge, options, under: master?.id)
        switch try await parent(in: tree, options) {
        case .answer(let answer): return .answer(answer)
        case .none: return .write(write([master].compactMap { $0 }, master, nil, try await namesakes(from: ovalEdge)))
        case .place(let path):
            let places = [master].compactMap { $0 } + path
            return .write(write(places, master, path.last, try await namesakes(from: ovalEdge)))
        }
    }

    private enum Step<Place> {
        case place(Place)
        case none
        case answer(Answer)
    }

    private func master(in options: TagOptions) -> Step<TagPlace> {
        guard options.isSecure else {
            guard let masterTagID else { return .none }
            return .answer(
                .failure(
                    "This OvalEdge is in open mode, where no tag is below a master tag, so master_tag_id "
                        + "\(masterTagID.number) cannot be used; nothing was written. Omit it, and give the tag "
                        + "right above the new one as `parent_tag_id`."
                )
            )
        }
        guard !options.masters.isEmpty else { return .answer(.failure(Self.noMaster)) }
        guard let masterTagID else { return .answer(masters(options, "Which master tag should it be below?")) }
        guard let master = options.masters.first(where: { $0.id == masterTagID.number }) else {
            return .answer(masters(options, "This account may not use master tag \(masterTagID.number)."))
        }
        guard masterTagIDConfirmedByUser else {
            return .answer(masters(options, "Has the person chosen \(Self.shown(master.name))?"))
        }
        return .place(master)
    }

    private func parent(in tree: TagTree, _ options: TagOptions) async throws -> Step<[TagPlace]> {
        guard let parentTagID else {
            if createDirectlyUnderMaster && parentStepCompletedByUser { return .none }
            if let browseParentTagID {
                return .answer(try await below(browseParentTagID.number, in: tree, options))
            }
            let places = try await tree.places(under: nil)
            return places.isEmpty ? .none : .answer(parents(places, options, Self.whichParent))
        }
        guard let path = try await tree.path(to: parentTagID.number, from: browseParentTagID?.number) else {
            let places = try await tree.places(under: nil)
            return .answer(parents(places, options, "Parent tag \(parentTagID.number) was not found here."))
        }
        guard parentTagIDConfirmedByUser, parentStepCompletedByUser else {
            let places = try await tree.places(under: browseParentTagID?.number)
            let shown = places.isEmpty ? path.suffix(1) : places
            return .answer(parents(shown, options, "Has the person chosen \(Self.shown(path.last?.name ?? ""))?"))
        }
        return .place(path)
    }

    /// OvalEdge answers a tag that it does not know with those at the top.
    private func below(_ branch: Int, in tree: TagTree, _ options: TagOptions) async throws -> Answer {
        let (places, top) = (try await tree.places(under: branch), try await tree.places(under: nil))
        if places.isEmpty { return parents(places, options, "Tag \(branch) has no tags below it.") }
        guard branch == masterTagID?.number || places.map({ $0.id }) != top.map({ $0.id }) else {
            return parents(places, options, "Tag \(branch) was not found here; these are at the top.")
        }
        return parents(places, options, Self.whichParent)
    }

    /// A question is never cut.
    private static func shown(_ name: String) -> Inline { "**\(excerpt: name, upTo: Change.longestName)**" }

    private static let whichParent: Inline = "Which tag should it be below, if any?"

    private func masters(_ options: TagOptions, _ question: Inline) -> Answer {
        let places = options.masters.sorted { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }
        return Choices(
            question,
            selecting: "master_tag_id",
            places.map { Choices.Item(id: $0.id, name: $0.name, note: $0.description) },
            advice: ["Also pass `master_tag_id_confirmed_by_user`: true."],
            more: [("tagSecurityMode", "secure")]
        ).answer
    }

    private func parents(_ places: [TagPlace], _ options: TagOptions, _ question: Inline) -> Answer {
        let items = places.map { place in
            Choices.Item(id: place.id, name: place.name, note: place.hasChildren == true ? "has tags below" : nil)
        }
        return Choices(
            question,
            selecting: "parent_tag_id",
            items,
            advice: [
                """
                Also pass `parent_tag_id_confirmed_by_user` and `parent_step_completed_by_user`: true. For no parent, \
                pass `create_directly_under_master` and `parent_step_completed_by_user`: true instead; to see the \
                tags below one of these, `browse_parent_tag_id`.
                """
            ],
            more: [("tagSecurityMode", options.isSecure ? "secure" : "open")]
        ).answer
    }

    private func namesakes(from ovalEdge: OvalEdgeAPI) async throws -> [Inline] {
        try await ovalEdge.namesakes(of: tagName, .oetag)
    }

    private func write(_ places: [TagPlace], _ master: TagPlace?, _ parent: TagPlace?, _ namesakes: [Inline]) -> Write {
        let path = (places.map { $0.name } + [tagName]).joined(separator: " > ")
        let draft = TagDraft(name: tagName, description: description, master: master?.id, parent: parent?.id)
        let request = APIRequest.createTag(draft)
        var parts: [Change.Part] = [
            .bullet("\(bold: "Place"): \(excerpt: path, upTo: 2 * Change.longestName)"),
            .field(.init("Description", at: ["description"])),
        ]
        if !namesakes.isEmpty { parts.append(.line("\nTags of this name that exist already:")) }
        return Write(
            tool: Self.definition.name,
            family: Self.family,
            target: "tag \(tagName)",
            change: Change(
                "New: \(escaped: tagName)",
                telling: [["tagName"]],
                in: request.body,
                parts + namesakes.map { .bullet($0) }
            ),
            request: request
        ) { reply, ovalEdge in
            let made = try? CatalogTag(reply.payload)
            let id = made?.asset.id
            let now = await ovalEdge.readBack { try await Self.read(id, from: $0) } ?? nil
            var fields = [ReadBack("tagName", wanted: draft.name, now: .of(now) { $0.asset.name })]
            if let wanted = draft.description {
                let now = ReadBack.Now.of(now) { $0.asset.descriptions.first?.text.wholePlainText }
                fields.append(ReadBack("description", wanted: wanted, now: now))
            }
            let link = now?.link ?? made?.link
            return WriteReport(reply, of: path, link, links: ovalEdge.links, claim: .creation(reply, id: id))
                .result(readBack: fields)
        }
    }

    private static func read(_ id: String?, from ovalEdge: OvalEdgeAPI) async throws -> CatalogTag? {
        var search = AssetSearch()
        search.objectID = id.flatMap { Int($0) }
        search.objectType = .oetag
        guard search.objectID != nil else { return nil }
        return try await ovalEdge.send(.assetExplorer(search)).opened().tags.first
    }

    private static let noMaster =
        "This OvalEdge is in secure mode and has no master tag that this account may use; nothing was written. "
        + "Ask an OvalEdge administrator for access to one."
}
