import Crypto
import JSON
import MCP
import OvalEdgeContent
import OvalEdgeTools
import TestSupport
import Testing
import Text

/// A page as an argument of a test, shown by its address.
struct AnyViewPage: CustomTestStringConvertible, Sendable {
    let page: ViewPage

    static let all = ViewPage.all.map { AnyViewPage(page: $0) }
    var testDescription: String { page.view.uri }
}

/// What can be said of the views without a browser; Tests/Clients/test_views.py looks at them in one.
@Suite struct `Every view` {
    private static let shows: JSON = [
        "extensions": ["io.modelcontextprotocol/ui": ["mimeTypes": ["text/html;profile=mcp-app"]]]
    ]

    private static func file(_ name: String) throws -> String {
        try SourceFile(#filePath, "../../../Sources/OvalEdgeContent/Views/Pages/\(name)").text()
    }

    @Test func `belongs to one of the four tools that read the catalog`() throws {
        let views = Registry.tools.compactMap { tool in
            tool.definition.view.map { [tool.definition.name, $0.uri] }
        }
        #expect(
            views == [
                ["asset_explorer", "ui://ovaledge/asset-explorer.html"],
                ["asset_details", "ui://ovaledge/asset-details.html"],
                ["asset_lineage", "ui://ovaledge/asset-lineage.html"],
                ["metadata_changes_between_crawls", "ui://ovaledge/metadata-changes.html"],
            ]
        )
        #expect(ViewPage.all.map { $0.view.uri } == views.map { $0[1] })
        #expect(Set(try ViewPage.all.map { try $0.html }).count == 4)
    }

    @Test(arguments: AnyViewPage.all)
    func `is served as its files are written`(_ any: AnyViewPage) throws {
        let html = try any.page.html
        let own = any.page.view.uri.split(separator: "/").last == "metadata-changes.html" ? ["drift.js"] : ["asset.js"]
        for name in ["page.css", "page.js", "host.js"] + own {
            #expect(html.contains(try Self.file(name)), "\(name) is not part of it.")
        }
        #expect(html.hasPrefix("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">"))
    }

    @Test(arguments: AnyViewPage.all)
    func `needs nothing from outside`(_ any: AnyViewPage) throws {
        let html = try any.page.html
        let outside =
            /\bsrc\s*=|@import|\burl\((?!#)|\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(/
        #expect(html.matches(of: outside).map { String($0.output) } == [])
        let addresses = html.matches(of: /https?:\/\/[^"'\s]+/).map { String($0.output) }
        #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
    }

    @Test(arguments: AnyViewPage.all)
    func `makes no markup of what it receives`(_ any: AnyViewPage) throws {
        let markup =
            /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|DOMParser|ContextualFragment|setHTML|srcdoc/
        #expect(try any.page.html.matches(of: markup).map { String($0.output) } == [])
    }

    @Test(arguments: AnyViewPage.all)
    func `is small`(_ any: AnyViewPage) throws { #expect(try any.page.html.utf8.count < 60_000) }

    @Test(arguments: AnyViewPage.all)
    func `lets its one script run and no other`(_ any: AnyViewPage) throws {
        let html = try any.page.html
        let script = try #require(html.firstMatch(of: /(?s)<script>(.*)<\/script>/)).output.1
        let digest = Base64.encoded(try Crypto.digest(Array(script.utf8)))
        let policy = try #require(html.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).output.1
        #expect(policy.split(separator: "; ").contains("script-src 'sha256-\(digest)'"))
        #expect(policy.hasPrefix("default-src 'none'; ") && policy.contains("base-uri 'none'"))
        #expect(html.matches(of: /<script/).count == 1)
    }

    @Test(arguments: AnyViewPage.all)
    func `gives attributes to elements on purpose only`(_ any: AnyViewPage) throws {
        let unmarked = /\bh\(\s*("[^"]*"|`[^`]*`|\w+)\s*,\s*\{/
        #expect(try any.page.html.matches(of: unmarked).map { String($0.output.0) } == [])
    }

    @Test(arguments: Revision.allCases)
    func `is listed for those who can show it, and can be read by all`(revision: Revision) async throws {
        for (capabilities, count) in [(Self.shows, 9), ([:], 5)] as [(JSON, Int)] {
            let session = try await TestCatalog().session(revision, capabilities: capabilities)
            let listed = try await session.request("resources/list")["result"]?["resources"]?.array
            #expect(listed?.count == count, "Guides and views; is one meant to be new? Count it above.")
            for page in ViewPage.all {
                let read = try await session.request("resources/read", ["uri": .string(page.view.uri)])
                #expect(read["result"]?["contents"]?[0]?["text"]?.string == (try page.html))
            }
        }
    }

    @Test func `goes with its tool`() async throws {
        let tools = Registry.tools.filter { tool in tool.definition.name == "asset_lineage" }
        let session = try await TestCatalog(tools: tools).session(capabilities: Self.shows)
        let listed = try await session.request("resources/list")["result"]?["resources"]?.array ?? []
        let views = listed.compactMap { $0["uri"]?.string }.filter { $0.hasPrefix("ui:") }
        #expect(views == ["ui://ovaledge/asset-lineage.html"])
    }
}
