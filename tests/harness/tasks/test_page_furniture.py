"""What stands on every page of a site is no knowledge; what only is called so is."""

import pytest

from harness.tasks.knowledge.file_text import html_as_markdown
from tests.harness.tasks.making import build_task, write_lines

OWN = "<h1>Bridge</h1><p>The bridge of Belvale was built of grey stone in 1804 and is crossed by all who go north.</p>"
KEPT = "# Bridge\n\nThe bridge of Belvale was built of grey stone in 1804 and is crossed by all who go north."


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>Home Products</nav>",
        "<div role='navigation'>Home Products</div>",
        "<div class='main-nav'>Home Products</div>",
        "<ul id='breadcrumbs'><li><a href='/'>Home</a></li></ul>",
        "<div class='left sphinxsidebar'>Home Products</div>",
        "<div class='menu'><a href='/'>Home</a> <a href='/p'>Products</a></div>",
        "<header class='site'><a href='/'>Shop of towns</a> since 1900</header>",
        "<div role='banner'><a href='/'>Shop of towns</a> since 1900</div>",
        "<footer>Imprint</footer>",
        "<div class='footerLinks'>Imprint</div>",
        "<aside>See also</aside>",
        "<form><label>Your address</label><input></form>",
        "<div class='cookie-banner'>We use cookies</div>",
        "<div id='consent' class='banner'>We use cookies</div>",
        "<script>var secret = 1;</script><style>p {}</style>",
    ],
)
def test_furniture_is_left_out_and_counted(furniture):
    page = html_as_markdown(f"<body>{furniture}{OWN}</body>")
    assert page.text == KEPT
    assert (0 < page.left_out < 0.3) is ("script" not in furniture)


@pytest.mark.parametrize(
    "page",
    [
        f"<body class='has-sidebar nav-open'>{OWN}</body>",
        f"<body><div class='navigation'>{OWN}</div></body>",
        f"<body><form id='aspnetForm'>{OWN}</form></body>",
        f"<body><article><header>{OWN}</header></article></body>",
        f"<body><div class='sidebar'><main>{OWN}</main></div></body>",
        f"<body>{OWN.replace('<p>', '<p class=menu>')}</body>",
    ],
)
def test_content_is_kept_whatever_it_is_called(page):
    assert html_as_markdown(page).text == KEPT


@pytest.mark.parametrize(
    "own",
    [
        "<section id='cookies'><h2>Cookies</h2><p>Kept for 30 days.</p></section>",
        "<h2 id='delete-cookies'>Kept for 30 days.</h2>",
        "<h2><span class='cookies'>Kept for 30 days.</span></h2>",
        "<dl><dt id='flask.Request.cookies'>Kept for 30 days.</dt></dl>",
        "<p id='cookies'>Kept for 30 days.</p>",
        "<div class='product cookie'><h3>Oat cookie</h3><p>Kept for 30 days.</p></div>",
        "<main><div class='footer'>Kept for 30 days.</div></main>",
        "<article><div class='sidebar'>Kept for 30 days.</div></article>",
        "<div role='main'><div class='sidebar'>Kept for 30 days.</div></div>",
        "<header><h1>Shop</h1><p>Kept for 30 days.</p></header>",
        "<header><h1><a href='/'>Shop of towns</a></h1><nav><a>Home</a></nav><p>Kept for 30 days.</p></header>",
        "<div role='banner'><p>Kept for 30 days.</p></div>",
    ],
)
def test_names_that_contents_have_too_take_nothing_away(own):
    page = html_as_markdown(f"<body>{own}<p>{'A page on stored data. ' * 9}</p></body>")
    assert "Kept for 30 days." in page.text


@pytest.mark.parametrize(("dishes", "is_kept"), [(40, True), (3, False)])
def test_only_a_small_list_of_links_is_a_menu_of_the_site(dishes, is_kept):
    menu = "".join(f"<li><a href='{n}'>Dish {n}</a></li>" for n in range(dishes))
    page = html_as_markdown(f"<body><ul class='menu'>{menu}</ul>{OWN}</body>")
    assert ("Dish 2" in page.text) is is_kept


def test_the_heading_of_a_page_may_stand_in_its_header():
    title, rest = OWN.split("</h1>")
    assert html_as_markdown(f"<body><header><a href='/'>Shop</a>{title}</h1></header>{rest}</body>").text == KEPT


def test_what_is_left_out_of_a_folder_is_said(tmp_path):
    rows = [{"input": f"Who built house {n}?", "references": [f"builder {n}"]} for n in range(9)]
    write_lines(tmp_path / "train.jsonl", rows)
    (tmp_path / "documents").mkdir()
    for name in ("a", "b"):
        page = f"<body><div class='nav'>{'<a>Home</a> ' * 30}</div>{OWN}<p>{name}</p></body>"
        (tmp_path / "documents" / f"{name}.html").write_text(page)
    (tmp_path / "documents" / "c.html").write_text("<body><p>A page without any of it.</p></body>")
    said = build_task("jsonl", dir=str(tmp_path)).remarks()
    (line,) = [line for line in said if "left out of" in line]
    assert line.startswith(
        "documents: navigation, headers, footers, asides, forms and cookie notices are left out of 2"
    )
    assert line.endswith("pages (56 % of their text on average)")
