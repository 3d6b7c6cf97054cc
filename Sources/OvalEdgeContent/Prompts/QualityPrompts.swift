import OvalEdgeTools

/// Prompts about data quality rules and critical data elements.
enum QualityPrompts {
    static let all = [explainRule, assessCoverage, createCustomRule]

    private static let explainRule = Prompt(
        "explain_dq_rule",
        title: "Explain a data quality rule",
        description: "Looks a rule up by its name and explains what it checks and who its steward is.",
        arguments: [Prompt.Argument("rule_name", "Rule", "Name of the data quality rule.")],
        using: [.dqRuleAdvisor],
        task: "Explain this data quality rule.",
        steps: [
            "Call `dq_rule_advisor` with `step` `lookup` and `rule_name`.",
            "If several rules have the name, show them with their links and ask which.",
            """
            Explain in plain words what the rule checks, on what, who its steward is, and what it means when it fails. \
            Leave open what the catalog does not say.
            """,
        ]
    )

    private static let assessCoverage = Prompt(
        "assess_cde_dq_coverage",
        title: "Are critical data elements checked?",
        description: "Finds the critical data elements of a scope and which of them have a data quality rule.",
        arguments: [
            Prompt.Argument(
                "scope",
                "Scope",
                "Which elements: a connection, a schema, a table or a domain.",
                from: .connectionNames
            )
        ],
        using: [.assetExplorer, .dqRuleAdvisor],
        task: "Find out which critical data elements of this scope have data quality rules, and which lack them.",
        steps: [
            """
            Call `asset_explorer` with `critical_data_element` Yes, `object_type` `oecolumn` and the filters that the \
            scope names; go through its pages up to a hundred columns, and say so if there are more.
            """,
            "Call `dq_rule_advisor` with `step` `assess` and these columns as `objects`.",
            """
            Show a table: column with link, its rules, the check that is recommended. Give the share that is covered, \
            and list what has no rule first.
            """,
            Prompt.Step(
                """
                Offer to close gaps with `dq_rule_manager`: `step` `associate` for a rule that exists, `create_standard` \
                for one that is recommended. Write nothing that was not asked for and previewed.
                """,
                with: [.dqRuleManager]
            ),
        ]
    )

    private static let createCustomRule = Prompt(
        "create_custom_sql_dq_workflow",
        title: "Create a rule in SQL",
        description:
            "Guides from a requirement in plain words to a checked SQL rule, with a preview before it is created.",
        arguments: [
            Prompt.Argument("user_intent", "Rule", "What must hold, and for which column, in plain words.")
        ],
        using: [.assetExplorer, .dqRuleAdvisor, .dqRuleManager],
        task: "Create a data quality rule in SQL for what the person wants checked.",
        steps: [
            """
            Find the column: call `asset_explorer` with `object_type` `oecolumn` and its name as `name`. If several could \
            be meant, show them and ask.
            """,
            """
            Call `dq_rule_advisor` with `step` `assess` and the column as `objects`. If a rule or a standard function \
            already does it, say so and ask whether SQL is still wanted.
            """,
            """
            Call `dq_rule_advisor` with `step` `generate_query` and the requirement as `business_rule`. Show its three \
            queries, explain each in a sentence and ask for corrections.
            """,
            "Call `dq_rule_advisor` with `step` `validate_query`. Continue only if it says that the rule can be created.",
            "Call `dq_rule_manager` with `step` `create_custom_sql`, the name of the rule and the queries as validated.",
            .confirmed,
            "Show the rule with its link, and say when it will first run if that is known.",
        ]
    )
}
