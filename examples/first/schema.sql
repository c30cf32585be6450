create table guests (name text primary key);
insert into guests values ('Ada');
