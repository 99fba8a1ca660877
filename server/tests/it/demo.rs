//! `portal demo`, as `make run` calls it at every start.

use std::fs;

use server::{
    base::hash::Hasher,
    demo::{self, DemoError, Found},
    office::postcards::{self, Terms},
};

use crate::{roster::NOW, test_app::CHEAP};

const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

on_both! {
    /// README asks for it: the file is the only place where the passwords stand.
    async fn the_demo_goes_on_without_the_file_of_its_postcards(fresh: Fresh) {
        let hasher = Hasher::start(CHEAP, Default::default()).unwrap();
        let folder = fresh.folder.path().join("data");
        let file = folder.join("postcards.csv");
        let fill = async |now| demo::fill(&fresh.db, &hasher, Terms::default(), &folder, now).await;

        let Ok(Found::Postcard(first)) = fill(NOW).await else { panic!("no postcard") };
        assert_eq!(first.file, file);
        let counts = async || -> [i64; 4] {
            [
                ask!(&fresh.db, "select count(*) from person"),
                ask!(&fresh.db, "select count(*) from postcard"),
                ask!(&fresh.db, "select count(*) from expense"),
                ask!(&fresh.db, "select count(*) from notice"),
            ]
        };
        let before = counts().await;
        fs::remove_file(&file).unwrap();
        for now in [NOW, NOW.plus(DAY)] {
            assert_eq!(fill(now).await.unwrap(), Found::FileGone(file.clone()), "{now:?}");
            assert!(!file.exists());
            assert_eq!(counts().await, before);
        }

        // Nor does it matter that the office has changed the roster since.
        let later = fs::read_to_string(folder.join("roster.csv")).unwrap();
        let later = later.replacen("青凪 健吾", "青凪 健吉", 1);
        fs::write(folder.join("changed.csv"), later).unwrap();
        let options = server::office::roster::Import {
            now: NOW,
            dry_run: false,
            accept_other_employers: false,
            moved: server::office::roster::Moved::Refused,
        };
        server::office::roster::import(&fresh.db, &folder.join("changed.csv"), options, |_| {})
            .await
            .unwrap();
        assert_eq!(fill(NOW).await.unwrap(), Found::FileGone(file.clone()));

        // What is printed then, in place of a postcard.
        let key = "1001-000012-00".parse().unwrap();
        let new = folder.join("new-postcard.csv");
        postcards::reissue(&fresh.db, &hasher, Terms::default(), NOW, &key, &new)
            .await
            .unwrap();
        assert!(fs::read_to_string(new).unwrap().contains("青凪 健吉"));
    }
}

on_both! {
    async fn another_society_is_left_alone_by_the_demo(fresh: Fresh) {
        crate::roster::import(&fresh, "1001,12,00,田中 花子,タナカ ハナコ,1990-04-01,女,本人,2015-04-01,,0001,本社,000-0001,東京都架空市1\n").await;
        let hasher = Hasher::start(CHEAP, Default::default()).unwrap();
        let folder = fresh.folder.path().join("data");
        fs::create_dir(&folder).unwrap();
        for list in ["roster.csv", "checkups.csv"] {
            fs::write(folder.join(list), "the society's own").unwrap();
        }
        let refused = demo::fill(&fresh.db, &hasher, Terms::default(), &folder, NOW).await;
        assert!(matches!(refused, Err(DemoError::NotEmpty)), "{refused:?}");
        let postcards: i64 = ask!(&fresh.db, "select count(*) from postcard");
        assert_eq!(postcards, 0);
        for list in ["roster.csv", "checkups.csv"] {
            assert_eq!(fs::read_to_string(folder.join(list)).unwrap(), "the society's own");
        }
    }
}
