"""The GraphQL documents of the demonstration."""

PROBLEM = "... on Problem { code what remedy }"

CREATE_PLAN = f"""
mutation ($upload: ID!) {{
  createChangePlan(input: {{upload: $upload}}) {{
    ... on ChangePlan {{ id counts {{ added rejected }} confirmation }} {PROBLEM}
  }}
}}"""

APPLY_PLAN = f"""
mutation ($id: ID!) {{
  applyChangePlan(input: {{id: $id}}) {{ ... on ChangePlan {{ id state }} {PROBLEM} }}
}}"""

KEEP_PLANS = f"""
mutation {{
  changeRetention(input: {{times: [{{kind: "plans", days: 730}}]}}) {{
    ... on Retention {{ times {{ kind days }} }} {PROBLEM}
  }}
}}"""

CREATE_SURVEY = f"""
mutation ($input: CreateSurveyInput!) {{
  createSurvey(input: $input) {{ ... on Survey {{ id }} {PROBLEM} }}
}}"""

OPEN_SURVEY = f"""
mutation ($id: ID!) {{
  openSurvey(input: {{id: $id}}) {{ ... on Survey {{ id state participantCount }} {PROBLEM} }}
}}"""

SURVEY_STATE = """
query ($id: ID!) { survey(id: $id) { id state published } }"""

EXCHANGE_LINK = f"""
mutation ($link: String!) {{
  exchangePersonalLink(input: {{link: $link}}) {{ ... on Token {{ token }} {PROBLEM} }}
}}"""

SUBMIT_BALLOT = f"""
mutation ($input: SubmitBallotInput!) {{
  submitBallot(input: $input) {{ ... on BallotReceipt {{ code }} {PROBLEM} }}
}}"""
