"""SOS over HTTP: the GraphQL API, the widgets' files, sign-in, uploads and the respondents' form."""
