"""What is not GraphQL: widgets' files, pages, sign-in, personal links, uploads and downloads."""
