import Testing

@testable import Sandbox

@Suite struct `The sample catalog` {
    private let catalog = SampleCatalog.sample

    @Test func `is readable to the last line`() {
        #expect(SampleText(SampleText.all).unread == [])
        #expect(catalog.order.count == catalog.assets.count, "two assets share an id")
    }

    @Test func `refers only to what exists`() {
        for asset in catalog.all {
            if let parent = asset.parent { #expect(catalog.assets[parent] != nil, "parent of \(asset.name)") }
            if let reference = asset["ref"] {
                let parts = reference.split(separator: ".")
                let table = Int(parts[0]).flatMap { catalog.assets[$0] }
                let names = table.map { catalog.children(of: $0).map { $0.name } } ?? []
                #expect(names.contains(String(parts[1])), "\(asset.name) refers to \(reference)")
            }
        }
        for flow in catalog.flows {
            #expect(catalog.assets[flow.from] != nil && catalog.assets[flow.to] != nil)
        }
    }

    @Test func `tags and terms are assets of their own`() {
        let tags = Set(catalog.all.filter { $0.kind == .oetag }.map { $0.name })
        let terms = Set(catalog.all.filter { $0.kind == .glossary }.map { $0.name })
        for asset in catalog.all {
            for tag in asset.list("tags") { #expect(tags.contains(tag), "\(asset.name) has the tag \(tag)") }
            for term in asset.list("terms") { #expect(terms.contains(term), "\(asset.name) has the term \(term)") }
        }
    }

    @Test func `shows every kind of asset that a demo needs`() {
        let counts = Dictionary(grouping: catalog.all) { $0.kind }.mapValues { $0.count }
        #expect(catalog.all.count { !$0.kind.isContainer && $0.kind != .oecolumn && $0.kind != .filecolumn } >= 60)
        #expect(counts[.oetable, default: 0] >= 12)
        #expect(counts[.connection, default: 0] >= 3)
        for kind in SampleAsset.Kind.allCases where kind != .mastertag { #expect(counts[kind] != nil, "\(kind)") }
    }

    @Test func `flows without a cycle`() {
        var done: Set<Int> = []
        var waiting = Set(catalog.flows.flatMap { [$0.from, $0.to] })
        while !waiting.isEmpty {
            let ready = waiting.filter { id in catalog.flows.allSatisfy { $0.to != id || done.contains($0.from) } }
            #expect(!ready.isEmpty, "a cycle among \(waiting.sorted())")
            if ready.isEmpty { return }
            done.formUnion(ready)
            waiting.subtract(ready)
        }
    }

    @Test func `a line that cannot be read is kept aside`() {
        #expect(SampleText(["oetable x - name"]).unread == ["oetable x - name"])
        #expect(SampleText(["unheard 1 - name"]).unread == ["unheard 1 - name"])
        #expect(SampleText(["  col 1 | a | text"]).unread == ["  col 1 | a | text"])
    }
}
