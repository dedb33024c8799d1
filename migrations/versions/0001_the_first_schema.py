"""The first schema.

NULL is a number that is not known; text that is not known is "". The full-text index is not here: it is made
from `study_text` by ketlit.store.search_index and can be rebuilt at any time.

Tables without rowid name the columns of their key first: elsewhere SQLite 3.40's integrity_check reads NOT NULL
columns at the wrong place and reports "NULL value in ..." for rows that have none.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('claim',
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('verdict', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('explanation', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('confidence', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('updates', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim'))
    )
    op.create_table('library',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_library'))
    )
    op.create_table('sync_run',
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('started_at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('opened', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('finished_at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('query', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('summary', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sync_run'))
    )
    op.create_table('synonym',
    sa.Column('folded', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('axis', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('term', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ambiguous', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('folded', 'axis', 'term', name=op.f('pk_synonym')),
    sqlite_with_rowid=False
    )
    op.create_table('term',
    sa.Column('axis', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('term', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('flag', sa.Boolean(), nullable=False),
    sa.Column('prints_as', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('axis', 'term', name=op.f('pk_term')),
    sqlite_with_rowid=False
    )
    op.create_table('term_parent',
    sa.Column('axis', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('term', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('parent', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('axis', 'term', 'parent', name=op.f('pk_term_parent')),
    sqlite_with_rowid=False
    )
    op.create_table('topic',
    sa.Column('query', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kept', sa.Boolean(), nullable=False),
    sa.Column('cursor', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hits', sa.Integer(), nullable=True),
    sa.Column('checked_at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_topic'))
    )
    op.create_table('trial',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('registry_ids', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trial')),
    sa.UniqueConstraint('name', name=op.f('uq_trial_name'))
    )
    op.create_table('study',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pmid', sa.Integer(), nullable=True),
    sa.Column('doi', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pmc', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pii', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('vernacular_title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('authors_complete', sa.Boolean(), nullable=False),
    sa.Column('journal', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('journal_abbrev', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('issn', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('volume', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('issue', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pages', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('month', sa.Integer(), nullable=True),
    sa.Column('day', sa.Integer(), nullable=True),
    sa.Column('date_text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('electronic_date', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('published_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('languages', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('revised', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('medline_status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status_note', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('curated', sa.Boolean(), nullable=False),
    sa.Column('design', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('context', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('direction', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=True),
    sa.Column('n_kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('n_studies', sa.Integer(), nullable=True),
    sa.Column('blinding', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('follow_up_value', sa.Float(), nullable=True),
    sa.Column('follow_up_unit', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pmid_verification', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('doi_verification', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('numbers_verification', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('excluded', sa.Boolean(), nullable=False),
    sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('seed_digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('added_at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('trial_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("source IN ('curated', 'synced', 'imported')", name=op.f('ck_study_source')),
    sa.CheckConstraint('year IS NULL OR year BETWEEN 1000 AND 2999', name=op.f('ck_study_year')),
    sa.ForeignKeyConstraint(['trial_id'], ['trial.id'], name=op.f('fk_study_trial_id_trial'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study')),
    sa.UniqueConstraint('key', name=op.f('uq_study_key')),
    sa.UniqueConstraint('pmid', name=op.f('uq_study_pmid'))
    )
    op.create_index(op.f('ix_study_added_at'), 'study', ['added_at'], unique=False)
    op.create_index(op.f('ix_study_doi'), 'study', ['doi'], unique=False)
    op.create_index(op.f('ix_study_published_by'), 'study', ['published_by'], unique=False)
    op.create_index(op.f('ix_study_trial_id'), 'study', ['trial_id'], unique=False)
    op.create_index(op.f('ix_study_year'), 'study', ['year'], unique=False)
    op.create_table('sync_item',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['sync_run.id'], name=op.f('fk_sync_item_run_id_sync_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'place', name=op.f('pk_sync_item'))
    )
    op.create_table('arm',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_arm_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_arm')),
    sqlite_with_rowid=False
    )
    op.create_table('author',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('family', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('given', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('initials', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('suffix', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('collective', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('orcid', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_author_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_author')),
    sqlite_with_rowid=False
    )
    op.create_table('change',
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('old', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('new', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['run_id'], ['sync_run.id'], name=op.f('fk_change_run_id_sync_run'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_change_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change'))
    )
    op.create_index(op.f('ix_change_at'), 'change', ['at'], unique=False)
    op.create_index(op.f('ix_change_study_id'), 'change', ['study_id'], unique=False)
    op.create_table('chemical',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ui', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('registry_number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_chemical_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_chemical')),
    sqlite_with_rowid=False
    )
    op.create_table('claim_study',
    sa.Column('claim_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_claim_study_claim_id_claim'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_claim_study_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('claim_id', 'study_id', name=op.f('pk_claim_study')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_claim_study_study_id'), 'claim_study', ['study_id'], unique=False)
    op.create_table('comparator',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_comparator_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_comparator')),
    sqlite_with_rowid=False
    )
    op.create_table('dose',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('drug', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('route', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sa.Float(), nullable=True),
    sa.Column('value_high', sa.Float(), nullable=True),
    sa.Column('unit', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('duration', sa.Float(), nullable=True),
    sa.Column('duration_unit', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('schedule', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_dose_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_dose')),
    sqlite_with_rowid=False
    )
    op.create_table('finding',
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('harm', sa.Boolean(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('measure', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hours', sa.Float(), nullable=True),
    sa.Column('timepoint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('comparison', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('comparator', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('direction', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('n1', sa.Float(), nullable=True),
    sa.Column('events1', sa.Float(), nullable=True),
    sa.Column('mean1', sa.Float(), nullable=True),
    sa.Column('sd1', sa.Float(), nullable=True),
    sa.Column('percent1', sa.Float(), nullable=True),
    sa.Column('n2', sa.Float(), nullable=True),
    sa.Column('events2', sa.Float(), nullable=True),
    sa.Column('mean2', sa.Float(), nullable=True),
    sa.Column('sd2', sa.Float(), nullable=True),
    sa.Column('percent2', sa.Float(), nullable=True),
    sa.Column('effect_measure', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('effect', sa.Float(), nullable=True),
    sa.Column('ci_low', sa.Float(), nullable=True),
    sa.Column('ci_high', sa.Float(), nullable=True),
    sa.Column('p', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('stat_kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('threshold', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('derived', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('verification', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('stale', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_finding_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding'))
    )
    op.create_index(op.f('ix_finding_outcome'), 'finding', ['outcome'], unique=False)
    op.create_index(op.f('ix_finding_study_id'), 'finding', ['study_id'], unique=False)
    op.create_table('judgement',
    sa.Column('scheme', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('domain', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('judgement', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("scheme IN ('rob2', 'grade')", name=op.f('ck_judgement_scheme')),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_judgement_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judgement'))
    )
    op.create_index(op.f('ix_judgement_study_id'), 'judgement', ['study_id'], unique=False)
    op.create_table('keyword',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('major', sa.Boolean(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_keyword_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_keyword')),
    sqlite_with_rowid=False
    )
    op.create_table('label',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_label_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'label', name=op.f('pk_label')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_label_label'), 'label', ['label'], unique=False)
    op.create_table('link',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_link_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_link')),
    sqlite_with_rowid=False
    )
    op.create_table('mesh',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ui', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('major', sa.Boolean(), nullable=False),
    sa.Column('qualifiers', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_mesh_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_mesh')),
    sqlite_with_rowid=False
    )
    op.create_table('note',
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_note_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_note'))
    )
    op.create_index(op.f('ix_note_study_id'), 'note', ['study_id'], unique=False)
    op.create_table('publication_type',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ui', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_publication_type_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_publication_type')),
    sqlite_with_rowid=False
    )
    op.create_table('registry_id',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('bank', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('accession', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_registry_id_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_registry_id')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_registry_id_accession'), 'registry_id', ['accession'], unique=False)
    op.create_table('relation',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('pmid', sa.Integer(), nullable=True),
    sa.Column('doi', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('other_key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('date', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_relation_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_relation')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_relation_pmid'), 'relation', ['pmid'], unique=False)
    op.create_table('screening',
    sa.Column('excluded', sa.Boolean(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_screening_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening'))
    )
    op.create_index(op.f('ix_screening_study_id'), 'screening', ['study_id'], unique=False)
    op.create_table('section',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('language', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('starts', sa.Integer(), nullable=False),
    sa.Column('ends', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_section_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'position', name=op.f('pk_section')),
    sqlite_with_rowid=False
    )
    op.create_table('study_text',
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('terms', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('abstract', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('summary', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('notes', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('names', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_study_text_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', name=op.f('pk_study_text'))
    )
    op.create_table('tag',
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('axis', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('term', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('section', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('starts', sa.Integer(), nullable=True),
    sa.Column('ends', sa.Integer(), nullable=True),
    sa.Column('quote', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('quote_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rule', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('negated', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.CheckConstraint("origin IN ('user', 'curated', 'mesh', 'text')", name=op.f('ck_tag_origin')),
    sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_tag_study_id_study'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('study_id', 'axis', 'term', 'origin', name=op.f('pk_tag')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_tag_axis_term_study_id', 'tag', ['axis', 'term', 'study_id'], unique=False, sqlite_where=sa.text('active'), postgresql_where=sa.text('active'))
