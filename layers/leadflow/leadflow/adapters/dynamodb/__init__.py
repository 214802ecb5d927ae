"""DynamoDB through PynamoDB: items, their translation, and the repositories."""
