import OvalEdge
import Testing

@Suite struct `The memory of forms` {
    private var memory = FormMemory()

    @Test mutating func `lets one call learn, and the others wait`() {
        #expect(memory.start(.explorer, at: 0) == .learn(from: .postedExplorer))
        #expect(memory.start(.explorer, at: 0) == .wait)
        #expect(memory.start(.lineage, at: 0) == .learn(from: .assetLineage))
        memory.found(.searchCatalog, at: 1)
        #expect(memory.start(.explorer, at: 1) == .ask(.searchCatalog))
        memory.ended(.explorer)
        #expect(memory.start(.explorer, at: 2) == .ask(.searchCatalog))
    }

    @Test mutating func `lets the next one learn when nothing was found`() {
        #expect(memory.start(.explorer, at: 0) == .learn(from: .postedExplorer))
        memory.ended(.explorer)
        #expect(memory.form(of: .explorer) == nil)
        #expect(memory.start(.explorer, at: 0) == .learn(from: .postedExplorer))
    }

    @Test mutating func `keeps the newest form for good, and an older one for an hour`() {
        memory.found(.assetDetails, at: 0)
        memory.found(.searchCatalog, at: 0)
        #expect(memory.start(.details, at: 1_000_000) == .ask(.assetDetails))
        #expect(memory.start(.explorer, at: FormMemory.life - 1) == .ask(.searchCatalog))
        #expect(memory.start(.explorer, at: FormMemory.life) == .learn(from: .postedExplorer))
        // Meanwhile the others go on as before, and after a fault so does everyone.
        #expect(memory.start(.explorer, at: FormMemory.life) == .ask(.searchCatalog))
        #expect(memory.form(of: .explorer) == .searchCatalog)
    }

    @Test(arguments: [
        (
            Generation.consolidated,
            [EndpointForm.postedExplorer, .assetDetails, .assetLineage, .knowledgeSearch, .accessExplorer]
        ),
        (
            .transition,
            [.explorerByParameters, .assetDetails, .assetLineage, .knowledgeSearch, .sourceAndCatalogAccess]
        ),
        (.classic, [.searchCatalog, .objectDetails, .lineage, .storiesAndDocs, .sourceAndCatalogAccess]),
    ])
    func `learns nothing where a generation is set`(generation: Generation, forms: [EndpointForm]) {
        var memory = FormMemory(fixed: generation)
        for (capability, form) in zip(Capability.allCases, forms) {
            #expect(memory.start(capability, at: 0) == .ask(form))
            #expect(memory.start(capability, at: 0) == .ask(form))
        }
    }

    @Test func `knows whether searches are answered in an older form`() {
        var memory = FormMemory()
        #expect(!memory.isOld)
        memory.found(.postedExplorer, at: 0)
        #expect(!memory.isOld)
        memory.found(.explorerByParameters, at: 0)
        #expect(memory.isOld)
    }
}

@Suite struct `The way through the forms` {
    private func way(from start: EndpointForm, _ misses: [Verdict.Miss]) -> [EndpointForm?] {
        var search = FormSearch(from: start)
        var form: EndpointForm? = start
        return misses.map { miss in
            if let form { search.missed(form, miss) }
            form = search.next
            return form
        }
    }

    @Test func `goes to the newest first, and to each once`() {
        #expect(way(from: .postedExplorer, [.method, .path]) == [.explorerByParameters, .searchCatalog])
        #expect(way(from: .postedExplorer, [.method, .path, .path]) == [.explorerByParameters, .searchCatalog, nil])
        #expect(way(from: .searchCatalog, [.path, .method]) == [.postedExplorer, .explorerByParameters])
        #expect(way(from: .objectDetails, [.path, .path]) == [.assetDetails, nil])
    }

    @Test func `tries no other method on a path that is not there`() {
        #expect(way(from: .postedExplorer, [.path, .path]) == [.searchCatalog, nil])
        #expect(way(from: .postedExplorer, [.doubtful]) == [.searchCatalog])
    }

    @Test func `ends where the generation is set`() {
        var search = FormSearch(from: .postedExplorer, isFixed: true)
        search.missed(.postedExplorer, .method)
        #expect(search.next == nil)
    }
}
