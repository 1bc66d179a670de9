/* This header is BSD licensed so anyone can use the definitions to implement
