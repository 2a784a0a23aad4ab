import { defineConfig } from "vite";

export default defineConfig({
  base: "/graphiql/",
  worker: { format: "es" },
  build: {
    // Fonts and images stay files: the Content-Security-Policy admits few data addresses.
    assetsInlineLimit: 0,
    target: "es2022",
    // The editor alone is larger than the size at which the bundler warns.
    chunkSizeWarningLimit: 10_000,
  },
});
