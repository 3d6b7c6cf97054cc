package import JSON
package import MCP
import OvalEdge
package import Writes

package struct CreateTag: WritingTool {
    package static let family = WriteFamily.governance
    package static let definition = ToolDefinition(
        name: "create_tag",
        title: "Create a tag",
        effect: .adds,
        searchHint: "add new tag label",
        summary: "Create a tag in the place a person chooses, after they have agreed.",
        guidance: """
            OvalEdge runs in one of two modes, and the answer follows it: in secure mode a tag goes below a master tag \
            that this account may use, in open mode below any tag or at the top. Missing choices are listed: first the \
            master tags, then the parents; show all of them, and let the person choose. Pass each choice with its \
            confirmation. Then the tag is previewed, with existing tags of that name; nothing is written before the \
            person has agreed.
            """
    )

    let tagName: String
    let description: String?
    let masterTagID: ObjectID?
    let parentTagID: ObjectID?
    let browseParentTagID: ObjectID?
    let masterTagIDConfirmedByUser: Bool
    let parentTagIDConfirmedByUser: Bool
    let createDirectlyUnderMaster: Bool
    let parentStepCompletedByUser: Bool
    package let agreement: Agreement

    package init(_ input: inout Arguments) {
        tagName = input.read("tag_name", "The new tag.")
        description = input.read("description", "What it means.")
        masterTagID = input.read("master_tag_id", "The master tag above it; in secure mode only.")
        parentTagID = input.read("parent_tag_id", "The tag right above it.")
        browseParentTagID = input.read("browse_parent_tag_id", "List the parents below this tag.")
        masterTagIDConfirmedByUser = input.read(
            "master_tag_id_confirmed_by_user",
            "The person chose the master tag.",
            default: false
        )
        parentTagIDConfirmedByUser = input.read(
            "parent_tag_id_confirmed_by_user",
            "The person chose the parent.",
            default: false
        )
        createDirectlyUnderMaster = input.read(
            "create_directly_under_master",
            "No parent: below the master tag, or at the top.",
            default: false
        )
        parentStepCompletedByUser = input.read(
            "parent_step_completed_by_user",
            "The person has chosen a parent or none.",
            default: false
        )
        agreement = Agreement(&input)
        if createDirectlyUnderMaster, parentTagID != nil {
            input.note("create_directly_under_master", "contradicts `parent_tag_id`.")
        }
    }

    package static let outputSchema: JSON = WriteReport.outputSchema(
        adding: Choices.schema + [
            ("tagSecurityMode", ["type": "string", "description": "open, or secure: tags are below master tags."])
        ]
    )
}
