create table items (id bigint generated always as identity, name text not null unique);
insert into items (name) values ('declared');
