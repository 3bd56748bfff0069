// Onesheet
