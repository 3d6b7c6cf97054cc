import JSON
package import MCP
package import OvalEdge
import Rendering
package import Writes

extension CreateGlossaryTerm {
    package func plan(from ovalEdge: OvalEdgeAPI, in context: RequestContext) async throws -> WriteProposal {
        let shelf = GlossaryBrowser(ovalEdge, page: page, size: size)
        guard let termName else {
            let level = searchOn ?? .domain
            let spot = GlossaryBrowser.Location(level, domain: domainID?.number, category: categoryID?.number)
            return .answer(try await shelf.list(spot))
        }
        switch try await place(on: shelf) {
        case .question(let answer): return .answer(answer)
        case .placed(let domain, let category, let subcategory):
            let path = ([domain, category, subcategory].compactMap { $0?.name } + [termName]).joined(separator: " > ")
            guard let description else { return .answer(Self.descriptionWanted(for: termName, path)) }
            let draft = GlossaryTermDraft(
                name: termName,
                description: description,
                definition: definition,
                domain: domain,
                category: category,
                subcategory: subcategory,
                isPublished: publish
            )
            let namesakes = try await ovalEdge.namesakes(of: termName, .glossary)
            return .write(write(draft, path, namesakes))
        }
    }

    private enum Placement {
        case placed(GlossaryPlace, GlossaryPlace?, GlossaryPlace?)
        case question(Answer)
    }

    /// Down the levels until one has to be chosen.
    private func place(on shelf: GlossaryBrowser) async throws -> Placement {
        let path = path
        let domainSpot = GlossaryBrowser.Location(.domain)
        let domain: GlossaryPlace
        switch try await shelf.find(domainSpot, id: domainID?.number, name: path.domain) {
        case .place(let place): domain = place
        case .question(let answer): return .question(answer)
        case .nothing: return .question(.failure(Self.noDomain))
        }
        if skipCategory && categorySkipConfirmed { return .placed(domain, nil, nil) }
        let category: GlossaryPlace
        switch try await shelf.find(.init(.category, domain: domain.id), id: categoryID?.number, name: path.category) {
        case .place(let place): category = place
        case .question(let answer): return .question(answer)
        case .nothing: return .placed(domain, nil, nil)
        }
        if skipSubcategory && subcategorySkipConfirmed { return .placed(domain, category, nil) }
        let spot = GlossaryBrowser.Location(.subcategory, domain: domain.id, category: category.id)
        switch try await shelf.find(spot, id: subcategoryID?.number, name: path.subcategory) {
        case .place(let place): return .placed(domain, category, place)
        case .question(let answer): return .question(answer)
        case .nothing: return .placed(domain, category, nil)
        }
    }

    private func write(_ draft: GlossaryTermDraft, _ path: String, _ namesakes: [Inline]) -> Write {
        let request = APIRequest.createGlossaryTerm(draft)
        var parts: [Change.Part] = [
            .bullet("\(bold: "Place"): \(excerpt: path, upTo: 2 * Change.longestName)"),
            .field(.init("Description", at: ["description"])),
        ]
        if definition != nil { parts.append(.field(.init("Definition", at: ["definition"]))) }
        parts.append(.field(.init("Status", at: ["publish"], words: publish ? "published" : "draft")))
        if !namesakes.isEmpty { parts.append(.line("\nTerms of this name that exist already:")) }
        return Write(
            tool: Self.definition.name,
            family: Self.family,
            target: "glossary term \(draft.name)",
            change: Change(
                "New: \(escaped: draft.name)",
                telling: [["termName"]],
                in: request.body,
                parts + namesakes.map { .bullet($0) }
            ),
            request: request
        ) { reply, ovalEdge in
            let made = try? Asset(reply.payload)
            let id = made?.id
            let now = await ovalEdge.readBack { try await Self.read(id, from: $0) } ?? nil
            let link = made?.link ?? id.map { .glossaryTerm($0) }
            return WriteReport(reply, of: path, link, links: ovalEdge.links, claim: .creation(reply, id: id))
                .result(readBack: [
                    ReadBack("termName", wanted: draft.name, now: .of(now) { $0.name }),
                    ReadBack("status", now: .of(now) { $0.json.text("termStatus", "status") }),
                    ReadBack(
                        "description",
                        wanted: draft.description,
                        now: .of(now) { $0.json["businessDescription"].flatMap { RichText($0) }?.wholePlainText }
                    ),
                ])
        }
    }

    private static func read(_ id: String?, from ovalEdge: OvalEdgeAPI) async throws -> Asset? {
        guard let number = id.flatMap({ Int($0) }) else { return nil }
        return try await ovalEdge.record(of: number, .glossary).asset
    }

    private static func descriptionWanted(for term: String, _ path: String) -> Answer {
        var text = Markdown()
        text.note(
            """
            Nothing has been written yet: \(bold: term) will be created at \(escaped: path) and needs a description. \
            Ask the person what it means and does not mean, or offer a draft for approval; then call again with the \
            same arguments and `description`.
            """
        )
        return Answer(
            text,
            structured: [
                "ok": true, "written": false, "awaitingUserInput": true,
                "placementPath": .string(Untrusted.cleaned(path)),
            ]
        )
    }

    private static let noDomain =
        "The glossary has no domain that this account can see; nothing was written. "
        + "A term belongs to a domain: ask an OvalEdge administrator to create one or to grant access."
}

extension OvalEdgeAPI {
    /// What has this very name already, each on a line.
    func namesakes(of name: String, _ type: ObjectType) async throws -> [Inline] {
        var search = AssetSearch()
        search.name = name
        search.objectType = type
        let page = try await send(.assetExplorer(search)).opened()
        let found = page.items + page.glossaryTerms + page.tags.map { $0.asset }
        let lines = found.prefix(Self.mostNamesakes).map { $0.line(links: links) }
        return found.count > lines.count ? lines + ["\(found.count - lines.count) more"] : lines
    }

    private static let mostNamesakes = 10
}
