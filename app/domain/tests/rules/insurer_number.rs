use domain::rules::InsurerNumber;

#[test]
fn numbers_whose_check_digit_fits() {
    for number in ["06139497", "06132757", "01130012"] {
        assert_eq!(InsurerNumber::parse(number).expect(number).as_str(), number);
    }
}

#[test]
fn one_wrong_digit_is_found_and_the_right_one_named() {
    for digit in '0'..='9' {
        let number = format!("0613949{digit}");
        let refusal = InsurerNumber::parse(&number)
            .err()
            .map(|refusal| refusal.to_string());
        let expected = (digit != '7').then(|| {
            "the last digit of this insurer number (保険者番号) would have to be 7".to_owned()
        });
        assert_eq!(refusal, expected, "{number}");
    }
}

#[test]
fn eight_half_width_digits() {
    for number in [
        "",
        "0613949",
        "061394977",
        "0613949a",
        "０６１３９４９７",
        " 6139497",
        "06139497\n",
        "-6139497",
    ] {
        let refusal = InsurerNumber::parse(number)
            .err()
            .map(|refusal| refusal.to_string());
        assert_eq!(
            refusal.as_deref(),
            Some("an insurer number (保険者番号) has eight half-width digits"),
            "{number:?}"
        );
    }
}
