create table marks (mark text primary key);
insert into marks values ('declared');
