CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL, "name" text NOT NULL);
--> statement-breakpoint
INSERT INTO "users" ("name") VALUES ('ann');
