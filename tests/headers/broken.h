/* A header that is wrong. */
struct broken { inr x; };
struct more { inr x; };
