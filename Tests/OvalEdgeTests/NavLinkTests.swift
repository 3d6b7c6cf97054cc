import OvalEdge
import Testing

@Suite struct `A link for people` {
    @Test(arguments: [
        ("#nav/table?id=501", "#nav/table?id=501"),
        ("https://evil.example/x#nav/table?id=501", "#nav/table?id=501"),
        ("http://a/b/#nav/story?id=5 and more", "#nav/story?id=5"),
        ("#nav/ä?x=1", "#nav/ä?x=1"),
    ])
    func `keeps what begins at its mark`(text: String, fragment: String) {
        #expect(NavLink(text)?.fragment == fragment)
    }

    @Test(arguments: ["", "https://oe.example/", "nav/table?id=1", "#navigation", "javascript:alert(1)"])
    func `is no address without the mark`(text: String) {
        #expect(NavLink(text) == nil)
    }

    @Test(arguments: [
        ("https://oe.example/ovaledge", true, "https://oe.example/ovaledge/#nav/t"),
        ("  https://oe.example/ovaledge//  ", true, "https://oe.example/ovaledge/#nav/t"),
        ("http://127.0.0.1:8080/ovaledge/", true, "http://localhost:8080/ovaledge/#nav/t"),
        ("http://127.0.0.1", true, "http://localhost/#nav/t"),
        ("https://127.0.0.1/x", true, "https://localhost/x/#nav/t"),
        ("http://127.0.0.1:8080", false, "http://127.0.0.1:8080/#nav/t"),
        ("http://127.0.0.1.example.com", true, "http://127.0.0.1.example.com/#nav/t"),
        ("https://oe.example/127.0.0.1", true, "https://oe.example/127.0.0.1/#nav/t"),
    ])
    func `begins at the address people use`(address: String, prefersLocalhost: Bool, url: String) throws {
        let link = try #require(NavLink("#nav/t"))
        #expect(LinkBase(address, prefersLocalhost: prefersLocalhost).url(link) == url)
    }

    @Test func `leads to terms and tags by their rules`() {
        #expect(NavLink.glossaryTerm("77").fragment == "#nav/glossary?browse=summary&id=77")
        #expect(NavLink.tag("8", master: nil).fragment == "#nav/tag?id=8&objectType=oetag")
        #expect(NavLink.tag("8", master: "3").fragment == "#nav/tag?id=8&objectType=oetag&masterTagId=3")
        #expect(
            NavLink.tag("8", master: "3", isMaster: true).fragment == "#nav/tag?id=8&objectType=mastertag&masterTagId=8"
        )
    }
}
