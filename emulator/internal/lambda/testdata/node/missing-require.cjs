require("nowhere");
