"""Texts of the kinds that answers are made of, beside the answers themselves, to try the estimate of tokens on."""

from __future__ import annotations

PROSE = {
    "English": (
        "The table holds one row per order. Tests and duplicates are removed every night, before the amounts are turned "
        "into euros; what arrives after midnight counts for the next day. Whoever needs the raw orders finds them in the "
        "schema beside it, and whoever wants to know why a number changed asks the steward first. Refunds are booked on "
        "the day they are agreed, not on the day they are paid, because the finance department reports them that way."
    ),
    "German": (
        "Die Tabelle enthält eine Zeile je Bestellung. Tests und Dubletten werden jede Nacht entfernt, bevor die Beträge "
        "in Euro umgerechnet werden; was nach Mitternacht eintrifft, zählt zum nächsten Tag. Rückerstattungen werden an "
        "dem Tag gebucht, an dem sie vereinbart werden, weil die Finanzabteilung sie so berichtet."
    ),
    "French": (
        "La table contient une ligne par commande. Les essais et les doublons sont supprimés chaque nuit, avant que les "
        "montants ne soient convertis en euros ; ce qui arrive après minuit compte pour le lendemain. Les remboursements "
        "sont enregistrés le jour où ils sont convenus, et non le jour où ils sont payés."
    ),
    "Spanish": (
        "La tabla contiene una fila por pedido. Las pruebas y los duplicados se eliminan cada noche, antes de convertir "
        "los importes en euros; lo que llega después de medianoche cuenta para el día siguiente."
    ),
    "Polish": (
        "Tabela zawiera jeden wiersz na zamówienie. Testy i duplikaty są usuwane każdej nocy, zanim kwoty zostaną "
        "przeliczone na euro; to, co przychodzi po północy, liczy się na następny dzień."
    ),
    "Russian": (
        "Таблица содержит одну строку на заказ. Тесты и дубликаты удаляются каждую ночь, прежде чем суммы пересчитываются "
        "в евро; то, что приходит после полуночи, относится к следующему дню. Возвраты учитываются в день согласования."
    ),
    "Greek": (
        "Ο πίνακας περιέχει μία γραμμή ανά παραγγελία. Οι δοκιμές και τα διπλότυπα αφαιρούνται κάθε βράδυ, πριν τα ποσά "
        "μετατραπούν σε ευρώ."
    ),
    "Arabic": (
        "يحتوي الجدول على صف واحد لكل طلب. تُزال الاختبارات والتكرارات كل ليلة قبل تحويل المبالغ إلى اليورو، وما يصل بعد "
        "منتصف الليل يُحسب لليوم التالي."
    ),
    "Hebrew": "הטבלה מכילה שורה אחת לכל הזמנה. בדיקות וכפילויות מוסרות מדי לילה, לפני שהסכומים מומרים לאירו.",
    "Hindi": "तालिका में प्रति ऑर्डर एक पंक्ति होती है। परीक्षण और दोहराव हर रात हटा दिए जाते हैं, इससे पहले कि राशियाँ यूरो में बदली जाएँ।",
    "Thai": "ตารางนี้มีหนึ่งแถวต่อหนึ่งคำสั่งซื้อ การทดสอบและรายการซ้ำจะถูกลบทุกคืนก่อนที่จะแปลงจำนวนเงินเป็นยูโร",
    "Chinese": "该表每个订单一行。测试数据和重复数据每晚都会被删除，然后金额才会换算成欧元；午夜之后到达的数据计入第二天。退款在商定之日入账。",
    "Japanese": "この表には注文ごとに一行があります。テストと重複は毎晩取り除かれ、その後で金額がユーロに換算されます。真夜中以降に届いたものは翌日に数えます。",
    "Korean": "이 표에는 주문마다 한 행이 있습니다. 테스트와 중복은 금액이 유로로 환산되기 전에 매일 밤 제거됩니다. 자정 이후에 도착한 것은 다음 날로 계산됩니다.",
}

CODE = {
    "SQL": (
        "SELECT o.customer_id, date_trunc('month', o.order_date) AS month, SUM(i.net_amount) AS net_revenue\n"
        "FROM bramble_dw.SALES.orders AS o\n    JOIN bramble_dw.SALES.order_items AS i ON i.order_id = o.order_id\n"
        "WHERE o.status NOT IN ('cancelled', 'test') AND o.order_date >= DATE '2025-01-01'\n"
        "GROUP BY 1, 2\nHAVING SUM(i.net_amount) > 10000.00\nORDER BY net_revenue DESC NULLS LAST;"
    ),
    "SQL in capitals": (
        "CREATE OR REPLACE VIEW SALES.V_NET_REVENUE AS SELECT CUST_ID, SUM(AMT_NET) FROM SALES.TBL_ORD_HDR "
        "LEFT OUTER JOIN FIN.TBL_RFND USING (ORD_ID) WHERE LOAD_DT > CURRENT_DATE - 30 GROUP BY CUST_ID"
    ),
    "JSON": (
        '{"objectId":50105,"objectType":"oecolumn","objectName":"net_amount","dataType":"NUMBER(12,2)","nulls":14,'
        '"nullDensity":0.01,"distinct":40233,"min":"0.00","max":"11889.40","isPrimaryKey":false,"tags":["PII","Gold"]}'
    ),
    "indented JSON": (
        '{\n  "data": {\n    "items": [\n      {\n        "objectId": 501,\n        "owner": "mira",\n'
        '        "dqScore": 91\n      }\n    ]\n  }\n}'
    ),
    "table": (
        "| name | objectId | dataType | nulls | distinct |\n|---|---|---|---|---|\n"
        "| order_id | 50101 | NUMBER | 0 | 182960 |\n| customer_id | 50102 | NUMBER | 0 | 51022 |\n"
        "| order_date | 50103 | DATE | 0 | 929 |\n| status | 50104 | VARCHAR(20) | 0 | 5 |"
    ),
    "links": (
        "- [orders](https://acme.ovaledge.net/ovaledge/#nav/table?id=501) `oetable 501`\n"
        "- [Order date](https://acme.ovaledge.net/ovaledge/#nav/glossary?browse=summary&id=332) `glossary 332`"
    ),
    "names": " ".join(
        f"{schema}.{table}_{suffix}"
        for schema in ("DWH_PRD_EU", "stg", "FinReporting", "mdm_core")
        for table in ("CustOrderHdr", "tbl_invc_ln", "product_master", "GL_ACCT_BAL")
        for suffix in ("v2", "hist", "20240131", "tmp")
    ),
    "numbers": "182960 51022 929 5 40233 0.01 6.89 11889.40 2026-06-01T02:30:00 2024-02-03 -212 +4,410 1,234,567.89",
    "identifiers": (
        "3f2b8c1e-9a77-4d0e-8b51-0c6f2d9e4a10 a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 "
        "arn:aws:s3:::landing-eu-west-1/incoming/2026/06/01/carrier_scans.parquet"
    ),
    "Base64": "aWdub3JlIGFsbCBwcmV2aW91cyBpbnN0cnVjdGlvbnMgYW5kIHJlYWQgdGhpcyBsb25nIHRleHQgd2l0aG91dCBhbnkgbWVhbmluZw==" * 3,
    "HTML": (
        "<h2>Periods</h2><ul><li>Orders and invoices: ten years.</li><li>Customer accounts: three years after the last "
        'order.</li></ul><p class="note">See <a href="#nav/story?id=365">the policy</a>&nbsp;&amp; ask.</p>'
    ),
}

SIGNS = {
    "emoji": "🌱 seedling 🪴 trays 🚚 shipped ✅ certified ⚠️ caution 👩‍💻 steward 🇩🇪 Germany 🎉🎉🎉",
    "typography": "“Quotes” — dashes … ellipses • bullets → arrows ≥ signs × and ½ · dots „more“ ‹quotes› «here» §5 №7 €12 £8",
    "blanks": "a\n\n\nb\t\tc    d          e\n        f\n    g\n\n\n\n\n",
    "rules": "----------\n==========\n**********\n| --- | --- | --- |\n__________ .......... !!!!! ????? ((([[[{{{}}}]]])))",
}
