extension SampleText {
    /// Where the data of Brambleforth, a garden shop, lives.
    static let connections = """
        connection 20 - bramble_dw
          serverType snowflake
          owner mira
          steward jonas
          custodian tariq
        connection 21 - shop_db
          serverType postgres
          owner lena
          steward pablo
          custodian tariq
        connection 22 - landing
          serverType s3
          owner tariq
          steward jonas
          custodian aiko
        connection 23 - bramble_reports
          serverType powerbi
          owner mira
          steward aiko
          custodian tariq
        oeschema 101 20 RAW
          about Copies of the shop's tables, as they came, loaded every night.
          popularity 12
          createdDate 2024-02-01
        oeschema 102 20 SALES
          about Orders and revenue, cleaned and ready for reports.
          popularity 88
          rating 4.5
          certification certified
          createdDate 2024-02-01
        oeschema 103 20 CUSTOMER
          about People who buy, and groups of them.
          steward aiko
          popularity 61
          createdDate 2024-03-12
        oeschema 104 20 FINANCE
          about Invoices, refunds and exchange rates.
          owner pablo
          popularity 47
          createdDate 2024-05-20
        oeschema 105 20 LOGISTICS
          about Parcels, carriers and returns.
          owner jonas
          popularity 33
          createdDate 2024-06-03
        oeschema 111 21 public
          about The live tables behind the web shop.
          popularity 54
          createdDate 2023-11-15
        """

    /// The web shop's own database: where most chains of lineage begin.
    static let shop = """
        oetable 401 111 shop_orders
          about Orders as the web shop writes them, one row per order.
          tableType TABLE
          rowCount 184220
          popularity 35
          dqIndex 78
          createdDate 2023-11-15
          col 40101 | id | bigint | pk | nulls=0 | distinct=184220 | min=1 | max=184220
          col 40102 | customer_id | bigint | nulls=0 | distinct=52110 | ref=402.id
          col 40103 | placed_at | timestamptz | nulls=0 | min=2023-11-15T07:02:11Z | max=2026-05-31T22:58:40Z
          col 40104 | state | text | nulls=0 | distinct=6 | top=shipped:151020, paid:19204, cancelled:9021
          col 40105 | total_cents | integer | nulls=12 | min=0 | max=1289900
        oetable 402 111 shop_customers
          about Accounts of the web shop.
          technical Primary store of customer data; deletes are soft until the nightly purge.
          tableType TABLE
          rowCount 52110
          popularity 41
          dqIndex 70
          tags Personal data
          classifications PII
          sensitivity Restricted
          createdDate 2023-11-15
          col 40201 | id | bigint | pk | nulls=0 | distinct=52110
          col 40202 | email | text | nulls=203 | distinct=51907 | tags=Email | classifications=PII | sensitivity=Restricted
          col 40203 | full_name | text | nulls=0 | distinct=49871 | tags=Personal data | classifications=PII
          col 40204 | joined_on | date | nulls=0 | min=2023-11-15 | max=2026-05-31
        oetable 403 111 shop_products
          about What the shop sells: plants, pots, seeds and tools.
          tableType TABLE
          rowCount 3120
          popularity 29
          createdDate 2023-11-15
          col 40301 | sku | text | pk | nulls=0 | distinct=3120
          col 40302 | title | text | nulls=0 | distinct=3098
          col 40303 | price_cents | integer | nulls=0 | min=45 | max=249900
        oetable 404 111 shop_order_lines
          about One row per article of an order.
          tableType TABLE
          rowCount 611804
          popularity 22
          createdDate 2023-11-15
          col 40401 | order_id | bigint | nulls=0 | distinct=184220 | ref=401.id
          col 40402 | sku | text | nulls=0 | distinct=3012 | ref=403.sku
          col 40403 | quantity | integer | nulls=0 | min=1 | max=400
        oetable 405 111 stock_levels
          about How many of each article lie on the shelf, by the hour.
          tableType TABLE
          rowCount 74880
          popularity 17
          rating 3
          dqIndex 55
          certification caution
          createdDate 2024-01-09
          col 40501 | sku | text | nulls=0 | distinct=3120 | ref=403.sku
          col 40502 | on_hand | integer | nulls=0 | min=-4 | max=5200 | about=Negative when a sale overtook a count.
        oeapi 451 21 orders_api
          about Gives the state of one order to the courier's app.
          popularity 9
          createdDate 2024-04-02
        """
}
