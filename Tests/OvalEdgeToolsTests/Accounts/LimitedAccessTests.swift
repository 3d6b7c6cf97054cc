import MCP
import OvalEdgeTools
import Testing
import Writes

@Suite struct `What someone may use of all that is offered` {
    private let all = ToolAccess(allowing: Set(WriteFamily.allCases))

    private func names(_ access: ToolAccess) -> Set<String> { Set(access.tools.map { tool in tool.definition.name }) }

    @Test func `is what changes nothing`() {
        let reading = all.limited(to: .reading)
        let changing = all.tools.filter { tool in !tool.definition.effect.isReadOnly }
        #expect(!changing.isEmpty && names(reading).isDisjoint(with: changing.map { tool in tool.definition.name }))
        #expect(names(reading).union(changing.map { tool in tool.definition.name }) == names(all))
        #expect(reading.families.isEmpty && reading.audience != all.audience)
    }

    @Test func `is nothing`() { #expect(all.limited(to: .nothing).tools.isEmpty) }

    @Test func `changes with what is offered`() {
        let reading = all.limited(to: .reading)
        #expect(all.change(confirmBy: .token) { $0 == "asset_explorer" || $0 == "create_tag" })
        #expect(names(reading) == ["asset_explorer"] && reading.confirmBy == .token)
        #expect(all.change { $0 == "create_tag" })
        #expect(names(reading).isEmpty)
    }
}
